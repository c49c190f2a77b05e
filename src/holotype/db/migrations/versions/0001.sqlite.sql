CREATE TABLE blobs (
    digest VARCHAR NOT NULL,
    size INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    sweeping_at BIGINT,
    CONSTRAINT pk_blobs PRIMARY KEY (digest)
) WITHOUT ROWID;

CREATE INDEX ix_blobs_created ON blobs (created_at);

CREATE TABLE checkpoint_keys (
    id VARCHAR NOT NULL,
    verifier VARCHAR NOT NULL,
    created_sequence INTEGER NOT NULL,
    retired_sequence INTEGER,
    CONSTRAINT pk_checkpoint_keys PRIMARY KEY (id)
);

CREATE TABLE checkpoints (
    size INTEGER NOT NULL,
    number INTEGER NOT NULL,
    root BLOB NOT NULL,
    note TEXT NOT NULL,
    CONSTRAINT pk_checkpoints PRIMARY KEY (size)
);

CREATE TABLE idempotency (
    principal_id INTEGER NOT NULL,
    "key" VARCHAR NOT NULL,
    fingerprint VARCHAR NOT NULL,
    result TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_idempotency PRIMARY KEY (principal_id, "key")
) WITHOUT ROWID;

CREATE INDEX ix_idempotency_created ON idempotency (created_at);

CREATE TABLE leases (
    name VARCHAR NOT NULL,
    holder VARCHAR NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT pk_leases PRIMARY KEY (name)
);

CREATE TABLE ledger_entries (
    sequence INTEGER NOT NULL,
    time BIGINT NOT NULL,
    actor VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    namespace_id INTEGER,
    model_id INTEGER,
    version_id INTEGER,
    data TEXT NOT NULL,
    token VARCHAR,
    nonce BLOB NOT NULL,
    leaf BLOB NOT NULL,
    nodes BLOB NOT NULL,
    root BLOB NOT NULL,
    CONSTRAINT pk_ledger_entries PRIMARY KEY (sequence)
);

CREATE INDEX ix_ledger_entries_action ON ledger_entries (action, sequence);

CREATE INDEX ix_ledger_entries_actor ON ledger_entries (actor, sequence);

CREATE INDEX ix_ledger_entries_model ON ledger_entries (model_id, sequence);

CREATE INDEX ix_ledger_entries_namespace ON ledger_entries (namespace_id, sequence);

CREATE INDEX ix_ledger_entries_subject ON ledger_entries (subject, sequence);

CREATE INDEX ix_ledger_entries_time ON ledger_entries (time, sequence);

CREATE INDEX ix_ledger_entries_version ON ledger_entries (version_id, sequence);

CREATE TABLE ledger_head (
    id INTEGER NOT NULL,
    size INTEGER NOT NULL,
    edge BLOB NOT NULL,
    time BIGINT NOT NULL,
    checkpoints INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_ledger_head PRIMARY KEY (id)
);

CREATE TABLE namespaces (
    id INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    description TEXT DEFAULT '' NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_namespaces PRIMARY KEY (id),
    CONSTRAINT uq_namespaces_name UNIQUE (name)
);

CREATE TABLE principals (
    id INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    owner_id INTEGER,
    created_at BIGINT NOT NULL,
    disabled_at BIGINT,
    epoch INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_principals PRIMARY KEY (id),
    CONSTRAINT uq_principals_name UNIQUE (name),
    CONSTRAINT fk_principals_owner_id FOREIGN KEY(owner_id) REFERENCES principals (id)
);

CREATE INDEX ix_principals_owner ON principals (owner_id);

CREATE TABLE quarantines (
    id INTEGER NOT NULL,
    subject TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by VARCHAR NOT NULL,
    released_at BIGINT,
    released_by VARCHAR,
    reason TEXT NOT NULL,
    release_reason TEXT,
    versions INTEGER NOT NULL,
    CONSTRAINT pk_quarantines PRIMARY KEY (id)
);

CREATE INDEX ix_quarantines_open ON quarantines (subject) WHERE released_at IS NULL;

CREATE TABLE registry (
    id INTEGER NOT NULL,
    uuid VARCHAR NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_registry PRIMARY KEY (id)
);

CREATE TABLE saved_addresses (
    principal_id INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    place TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_saved_addresses PRIMARY KEY (principal_id, name)
) WITHOUT ROWID;

CREATE TABLE sign_in_attempts (
    "key" VARCHAR NOT NULL,
    failures INTEGER NOT NULL,
    blocked_until BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    CONSTRAINT pk_sign_in_attempts PRIMARY KEY ("key")
);

CREATE INDEX ix_sign_in_attempts_last ON sign_in_attempts (last_at);

CREATE TABLE sign_in_flows (
    state BLOB NOT NULL,
    browser BLOB NOT NULL,
    port INTEGER NOT NULL,
    challenge VARCHAR NOT NULL,
    client_state VARCHAR NOT NULL,
    expires_at BIGINT NOT NULL,
    returned_at BIGINT,
    code BLOB,
    principal_id INTEGER,
    CONSTRAINT pk_sign_in_flows PRIMARY KEY (state),
    CONSTRAINT uq_sign_in_flows_code UNIQUE (code)
);

CREATE INDEX ix_sign_in_flows_expires ON sign_in_flows (expires_at);

CREATE TABLE teams (
    id INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT pk_teams PRIMARY KEY (id),
    CONSTRAINT uq_teams_name UNIQUE (name)
);

CREATE TABLE used_assertions (
    digest BLOB NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT pk_used_assertions PRIMARY KEY (digest)
);

CREATE INDEX ix_used_assertions_expires ON used_assertions (expires_at);

CREATE TABLE artifact_files (
    namespace_id INTEGER NOT NULL,
    owner VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    size INTEGER NOT NULL,
    changed_at BIGINT NOT NULL,
    CONSTRAINT pk_artifact_files PRIMARY KEY (namespace_id, owner, path),
    CONSTRAINT fk_artifact_files_namespace_id FOREIGN KEY(namespace_id) REFERENCES namespaces (id)
) WITHOUT ROWID;

CREATE INDEX ix_artifact_files_digest ON artifact_files (digest);

CREATE TABLE experiments (
    namespace_id INTEGER NOT NULL,
    id INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    author VARCHAR NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    deleted_at BIGINT,
    CONSTRAINT pk_experiments PRIMARY KEY (namespace_id, id),
    CONSTRAINT uq_experiments_namespace_id_name UNIQUE (namespace_id, name),
    CONSTRAINT fk_experiments_namespace_id FOREIGN KEY(namespace_id) REFERENCES namespaces (id)
) WITHOUT ROWID;

CREATE TABLE holdings (
    namespace_id INTEGER NOT NULL,
    digest VARCHAR NOT NULL,
    touched_at BIGINT NOT NULL,
    CONSTRAINT pk_holdings PRIMARY KEY (namespace_id, digest),
    CONSTRAINT fk_holdings_namespace_id FOREIGN KEY(namespace_id) REFERENCES namespaces (id),
    CONSTRAINT fk_holdings_digest FOREIGN KEY(digest) REFERENCES blobs (digest) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE INDEX ix_holdings_digest ON holdings (digest);

CREATE TABLE identities (
    id INTEGER NOT NULL,
    principal_id INTEGER NOT NULL,
    issuer VARCHAR NOT NULL,
    subject VARCHAR,
    email VARCHAR,
    created_at BIGINT NOT NULL,
    created_by VARCHAR NOT NULL,
    CONSTRAINT pk_identities PRIMARY KEY (id),
    CONSTRAINT uq_identities_issuer_subject UNIQUE (issuer, subject),
    CONSTRAINT uq_identities_issuer_email UNIQUE (issuer, email),
    CONSTRAINT fk_identities_principal_id FOREIGN KEY(principal_id) REFERENCES principals (id) ON DELETE CASCADE
);

CREATE INDEX ix_identities_principal ON identities (principal_id);

CREATE TABLE latest_metrics (
    namespace_id INTEGER NOT NULL,
    owner VARCHAR NOT NULL,
    "key" VARCHAR NOT NULL,
    dataset VARCHAR NOT NULL,
    dataset_digest VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    step INTEGER NOT NULL,
    at BIGINT NOT NULL,
    value FLOAT NOT NULL,
    is_nan INTEGER NOT NULL,
    CONSTRAINT pk_latest_metrics PRIMARY KEY (namespace_id, owner, "key", dataset, dataset_digest, run_id),
    CONSTRAINT fk_latest_metrics_namespace_id FOREIGN KEY(namespace_id) REFERENCES namespaces (id)
) WITHOUT ROWID;

CREATE TABLE logged_models (
    namespace_id INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    experiment INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    model_type VARCHAR NOT NULL,
    author VARCHAR NOT NULL,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    deleted_at BIGINT,
    CONSTRAINT pk_logged_models PRIMARY KEY (namespace_id, id),
    CONSTRAINT fk_logged_models_namespace_id FOREIGN KEY(namespace_id) REFERENCES namespaces (id)
) WITHOUT ROWID;

CREATE INDEX ix_logged_models_created ON logged_models (namespace_id, experiment, created_at, id);

CREATE INDEX ix_logged_models_deleted ON logged_models (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE INDEX ix_logged_models_run ON logged_models (namespace_id, run_id);

CREATE TABLE measurements (
    namespace_id INTEGER NOT NULL,
    run_id VARCHAR NOT NULL,
    "key" VARCHAR NOT NULL,
    at BIGINT NOT NULL,
    step INTEGER NOT NULL,
    value FLOAT NOT NULL,
    is_nan INTEGER NOT NULL,
    CONSTRAINT pk_measurements PRIMARY KEY (namespace_id, run_id, "key", at, step, value, is_nan),
    CONSTRAINT fk_measurements_namespace_id FOREIGN KEY(namespace_id) REFERENCES namespaces (id)
) WITHOUT ROWID;

CREATE TABLE models (
    id INTEGER NOT NULL,
    namespace_id INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    kind VARCHAR DEFAULT 'files' NOT NULL,
    next_number INTEGER DEFAULT '1' NOT NULL,
    created_at BIGINT NOT NULL,
    created_by VARCHAR NOT NULL,
    changed_at BIGINT NOT NULL,
    deleted_at BIGINT,
    title VARCHAR,
    description TEXT DEFAULT '' NOT NULL,
    card TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_models PRIMARY KEY (id),
    CONSTRAINT uq_models_namespace_id_name UNIQUE (namespace_id, name),
    CONSTRAINT fk_models_namespace_id FOREIGN KEY(namespace_id) REFERENCES namespaces (id)
);

CREATE INDEX ix_models_author ON models (created_by, id);

CREATE INDEX ix_models_changed ON models (changed_at, id);

CREATE INDEX ix_models_created ON models (namespace_id, created_at, id);

CREATE INDEX ix_models_name ON models (name, id);

CREATE INDEX ix_models_title ON models (namespace_id, title) WHERE title IS NOT NULL;

CREATE TABLE passwords (
    principal_id INTEGER NOT NULL,
    hash VARCHAR NOT NULL,
    changed_at BIGINT NOT NULL,
    CONSTRAINT pk_passwords PRIMARY KEY (principal_id),
    CONSTRAINT fk_passwords_principal_id FOREIGN KEY(principal_id) REFERENCES principals (id) ON DELETE CASCADE
);

CREATE TABLE policies (
    namespace_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    digest VARCHAR NOT NULL,
    created_at BIGINT NOT NULL,
    created_by VARCHAR NOT NULL,
    reason TEXT DEFAULT '' NOT NULL,
    text TEXT NOT NULL,
    CONSTRAINT pk_policies PRIMARY KEY (namespace_id, number),
    CONSTRAINT fk_policies_namespace_id FOREIGN KEY(namespace_id) REFERENCES namespaces (id)
) WITHOUT ROWID;

CREATE TABLE run_inputs (
    namespace_id INTEGER NOT NULL,
    run_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    source TEXT NOT NULL,
    schema TEXT NOT NULL,
    profile TEXT NOT NULL,
    context VARCHAR NOT NULL,
    tags TEXT NOT NULL,
    CONSTRAINT pk_run_inputs PRIMARY KEY (namespace_id, run_id, name, digest),
    CONSTRAINT fk_run_inputs_namespace_id FOREIGN KEY(namespace_id) REFERENCES namespaces (id)
) WITHOUT ROWID;

CREATE TABLE run_models (
    namespace_id INTEGER NOT NULL,
    run_id VARCHAR NOT NULL,
    goes_in INTEGER NOT NULL,
    model_id VARCHAR NOT NULL,
    step INTEGER NOT NULL,
    CONSTRAINT pk_run_models PRIMARY KEY (namespace_id, run_id, goes_in, model_id, step),
    CONSTRAINT fk_run_models_namespace_id FOREIGN KEY(namespace_id) REFERENCES namespaces (id)
) WITHOUT ROWID;

CREATE TABLE runs (
    namespace_id INTEGER NOT NULL,
    id VARCHAR NOT NULL,
    experiment INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    ran_by VARCHAR NOT NULL,
    author VARCHAR NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    deleted_at BIGINT,
    CONSTRAINT pk_runs PRIMARY KEY (namespace_id, id),
    CONSTRAINT fk_runs_namespace_id FOREIGN KEY(namespace_id) REFERENCES namespaces (id)
) WITHOUT ROWID;

CREATE INDEX ix_runs_deleted ON runs (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE INDEX ix_runs_started ON runs (namespace_id, experiment, started_at, id);

CREATE TABLE set_ups (
    principal_id INTEGER NOT NULL,
    hash BLOB NOT NULL,
    created_by VARCHAR NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT pk_set_ups PRIMARY KEY (principal_id),
    CONSTRAINT fk_set_ups_principal_id FOREIGN KEY(principal_id) REFERENCES principals (id) ON DELETE CASCADE,
    CONSTRAINT uq_set_ups_hash UNIQUE (hash)
);

CREATE TABLE team_members (
    team_id INTEGER NOT NULL,
    principal_id INTEGER NOT NULL,
    CONSTRAINT pk_team_members PRIMARY KEY (team_id, principal_id),
    CONSTRAINT fk_team_members_team_id FOREIGN KEY(team_id) REFERENCES teams (id) ON DELETE CASCADE,
    CONSTRAINT fk_team_members_principal_id FOREIGN KEY(principal_id) REFERENCES principals (id) ON DELETE CASCADE
);

CREATE INDEX ix_team_members_principal ON team_members (principal_id);

CREATE TABLE tracked_params (
    namespace_id INTEGER NOT NULL,
    owner VARCHAR NOT NULL,
    "key" VARCHAR NOT NULL,
    value TEXT NOT NULL,
    CONSTRAINT pk_tracked_params PRIMARY KEY (namespace_id, owner, "key"),
    CONSTRAINT fk_tracked_params_namespace_id FOREIGN KEY(namespace_id) REFERENCES namespaces (id)
) WITHOUT ROWID;

CREATE TABLE tracked_tags (
    namespace_id INTEGER NOT NULL,
    owner VARCHAR NOT NULL,
    "key" VARCHAR NOT NULL,
    value TEXT NOT NULL,
    CONSTRAINT pk_tracked_tags PRIMARY KEY (namespace_id, owner, "key"),
    CONSTRAINT fk_tracked_tags_namespace_id FOREIGN KEY(namespace_id) REFERENCES namespaces (id)
) WITHOUT ROWID;

CREATE TABLE uploads (
    id VARCHAR NOT NULL,
    namespace_id INTEGER NOT NULL,
    digest VARCHAR NOT NULL,
    size INTEGER NOT NULL,
    part_size INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    created_by VARCHAR NOT NULL,
    expires_at BIGINT NOT NULL,
    completed_at BIGINT,
    part_count INTEGER,
    target VARCHAR,
    CONSTRAINT pk_uploads PRIMARY KEY (id),
    CONSTRAINT fk_uploads_namespace_id FOREIGN KEY(namespace_id) REFERENCES namespaces (id)
);

CREATE INDEX ix_uploads_digest ON uploads (digest, namespace_id);

CREATE INDEX ix_uploads_expires ON uploads (expires_at);

CREATE TABLE grants (
    id INTEGER NOT NULL,
    principal_id INTEGER,
    team_id INTEGER,
    role VARCHAR NOT NULL,
    scope VARCHAR NOT NULL,
    namespace_id INTEGER,
    model_id INTEGER,
    pattern VARCHAR,
    stages VARCHAR,
    created_at BIGINT NOT NULL,
    created_by VARCHAR NOT NULL,
    CONSTRAINT pk_grants PRIMARY KEY (id),
    CONSTRAINT fk_grants_principal_id FOREIGN KEY(principal_id) REFERENCES principals (id) ON DELETE CASCADE,
    CONSTRAINT fk_grants_team_id FOREIGN KEY(team_id) REFERENCES teams (id) ON DELETE CASCADE,
    CONSTRAINT fk_grants_namespace_id FOREIGN KEY(namespace_id) REFERENCES namespaces (id) ON DELETE CASCADE,
    CONSTRAINT fk_grants_model_id FOREIGN KEY(model_id) REFERENCES models (id) ON DELETE CASCADE
);

CREATE INDEX ix_grants_model ON grants (model_id) WHERE model_id IS NOT NULL;

CREATE INDEX ix_grants_namespace ON grants (namespace_id);

CREATE INDEX ix_grants_principal ON grants (principal_id);

CREATE INDEX ix_grants_team ON grants (team_id);

CREATE TABLE intakes (
    id INTEGER NOT NULL,
    namespace_id INTEGER NOT NULL,
    model_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    status VARCHAR NOT NULL,
    reason TEXT DEFAULT '' NOT NULL,
    created_at BIGINT NOT NULL,
    created_by VARCHAR NOT NULL,
    changed_at BIGINT NOT NULL,
    attempts INTEGER DEFAULT '0' NOT NULL,
    next_try_at BIGINT,
    uri TEXT NOT NULL,
    run_id VARCHAR,
    run_link TEXT,
    logged_model VARCHAR,
    registration VARCHAR NOT NULL,
    description TEXT DEFAULT '' NOT NULL,
    tags TEXT DEFAULT '{}' NOT NULL,
    CONSTRAINT pk_intakes PRIMARY KEY (id),
    CONSTRAINT uq_intakes_model_id_number UNIQUE (model_id, number),
    CONSTRAINT fk_intakes_namespace_id FOREIGN KEY(namespace_id) REFERENCES namespaces (id),
    CONSTRAINT fk_intakes_model_id FOREIGN KEY(model_id) REFERENCES models (id)
);

CREATE INDEX ix_intakes_changed ON intakes (namespace_id, changed_at);

CREATE INDEX ix_intakes_waiting ON intakes (next_try_at, id) WHERE next_try_at IS NOT NULL;

CREATE TABLE model_tags (
    model_id INTEGER NOT NULL,
    "key" VARCHAR NOT NULL,
    value TEXT NOT NULL,
    head VARCHAR GENERATED ALWAYS AS (substr(value, 1, 64)) STORED,
    CONSTRAINT pk_model_tags PRIMARY KEY (model_id, "key"),
    CONSTRAINT fk_model_tags_model_id FOREIGN KEY(model_id) REFERENCES models (id)
) WITHOUT ROWID;

CREATE INDEX ix_model_tags_head ON model_tags ("key", head, model_id);

CREATE TABLE tokens (
    id VARCHAR NOT NULL,
    principal_id INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    hash BLOB NOT NULL,
    role VARCHAR NOT NULL,
    namespace_id INTEGER,
    model_id INTEGER,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    revoked_at BIGINT,
    origin VARCHAR,
    CONSTRAINT pk_tokens PRIMARY KEY (id),
    CONSTRAINT fk_tokens_principal_id FOREIGN KEY(principal_id) REFERENCES principals (id) ON DELETE CASCADE,
    CONSTRAINT uq_tokens_hash UNIQUE (hash),
    CONSTRAINT fk_tokens_namespace_id FOREIGN KEY(namespace_id) REFERENCES namespaces (id) ON DELETE CASCADE,
    CONSTRAINT fk_tokens_model_id FOREIGN KEY(model_id) REFERENCES models (id) ON DELETE CASCADE
);

CREATE INDEX ix_tokens_expires ON tokens (expires_at);

CREATE INDEX ix_tokens_model ON tokens (model_id) WHERE model_id IS NOT NULL;

CREATE INDEX ix_tokens_principal ON tokens (principal_id, created_at);

CREATE TABLE trusts (
    id INTEGER NOT NULL,
    issuer VARCHAR NOT NULL,
    audience VARCHAR NOT NULL,
    claims TEXT NOT NULL,
    principal_id INTEGER NOT NULL,
    role VARCHAR NOT NULL,
    namespace_id INTEGER,
    model_id INTEGER,
    lifetime INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    created_by VARCHAR NOT NULL,
    revoked_at BIGINT,
    CONSTRAINT pk_trusts PRIMARY KEY (id),
    CONSTRAINT fk_trusts_principal_id FOREIGN KEY(principal_id) REFERENCES principals (id) ON DELETE CASCADE,
    CONSTRAINT fk_trusts_namespace_id FOREIGN KEY(namespace_id) REFERENCES namespaces (id) ON DELETE CASCADE,
    CONSTRAINT fk_trusts_model_id FOREIGN KEY(model_id) REFERENCES models (id) ON DELETE CASCADE
);

CREATE INDEX ix_trusts_issuer ON trusts (issuer);

CREATE INDEX ix_trusts_model ON trusts (model_id) WHERE model_id IS NOT NULL;

CREATE INDEX ix_trusts_principal ON trusts (principal_id);

CREATE TABLE upload_parts (
    upload_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    size INTEGER NOT NULL,
    mark VARCHAR DEFAULT '' NOT NULL,
    CONSTRAINT pk_upload_parts PRIMARY KEY (upload_id, number),
    CONSTRAINT fk_upload_parts_upload_id FOREIGN KEY(upload_id) REFERENCES uploads (id) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE TABLE versions (
    id INTEGER NOT NULL,
    namespace_id INTEGER NOT NULL,
    model_id INTEGER NOT NULL,
    number INTEGER NOT NULL,
    digest VARCHAR NOT NULL,
    config_digest VARCHAR NOT NULL,
    provenance_digest VARCHAR,
    size INTEGER NOT NULL,
    file_count INTEGER NOT NULL,
    stage VARCHAR NOT NULL,
    stage_changed_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by VARCHAR NOT NULL,
    changed_at BIGINT NOT NULL,
    deleted_at BIGINT,
    quarantined_at BIGINT,
    examined_at BIGINT,
    description TEXT DEFAULT '' NOT NULL,
    card TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_versions PRIMARY KEY (id),
    CONSTRAINT uq_versions_model_id_number UNIQUE (model_id, number),
    CONSTRAINT uq_versions_digest_model_id UNIQUE (digest, model_id),
    CONSTRAINT fk_versions_namespace_id FOREIGN KEY(namespace_id) REFERENCES namespaces (id),
    CONSTRAINT fk_versions_model_id FOREIGN KEY(model_id) REFERENCES models (id)
);

CREATE INDEX ix_versions_author ON versions (created_by, id);

CREATE INDEX ix_versions_changed ON versions (changed_at, id);

CREATE INDEX ix_versions_created ON versions (created_at, id);

CREATE INDEX ix_versions_files ON versions (file_count, id);

CREATE INDEX ix_versions_number ON versions (number, id);

CREATE INDEX ix_versions_of_stage ON versions (stage, id);

CREATE INDEX ix_versions_quarantined ON versions (quarantined_at, id) WHERE quarantined_at IS NOT NULL;

CREATE INDEX ix_versions_size ON versions (size, id);

CREATE INDEX ix_versions_stage ON versions (model_id, stage, number);

CREATE INDEX ix_versions_unexamined ON versions (id) WHERE examined_at IS NULL;

CREATE TABLE aliases (
    model_id INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    version_id INTEGER NOT NULL,
    changed_at BIGINT NOT NULL,
    CONSTRAINT pk_aliases PRIMARY KEY (model_id, name),
    CONSTRAINT fk_aliases_model_id FOREIGN KEY(model_id) REFERENCES models (id),
    CONSTRAINT fk_aliases_version_id FOREIGN KEY(version_id) REFERENCES versions (id)
) WITHOUT ROWID;

CREATE INDEX ix_aliases_name ON aliases (name, version_id);

CREATE INDEX ix_aliases_version ON aliases (version_id);

CREATE TABLE data_references (
    version_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    uri TEXT NOT NULL,
    digest VARCHAR,
    role VARCHAR NOT NULL,
    CONSTRAINT pk_data_references PRIMARY KEY (version_id, position),
    CONSTRAINT fk_data_references_version_id FOREIGN KEY(version_id) REFERENCES versions (id)
) WITHOUT ROWID;

CREATE INDEX ix_data_references_uri ON data_references (uri, version_id);

CREATE TABLE documents (
    version_id INTEGER NOT NULL,
    provenance BLOB,
    config BLOB NOT NULL,
    manifest BLOB NOT NULL,
    CONSTRAINT pk_documents PRIMARY KEY (version_id),
    CONSTRAINT fk_documents_version_id FOREIGN KEY(version_id) REFERENCES versions (id)
);

CREATE TABLE evidence (
    id INTEGER NOT NULL,
    version_id INTEGER NOT NULL,
    subject VARCHAR NOT NULL,
    type VARCHAR NOT NULL,
    media_type VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    size INTEGER NOT NULL,
    signed_by VARCHAR,
    created_at BIGINT NOT NULL,
    created_by VARCHAR NOT NULL,
    payload BLOB NOT NULL,
    CONSTRAINT pk_evidence PRIMARY KEY (id),
    CONSTRAINT fk_evidence_version_id FOREIGN KEY(version_id) REFERENCES versions (id)
);

CREATE INDEX ix_evidence_version ON evidence (version_id, type, id);

CREATE TABLE files (
    version_id INTEGER NOT NULL,
    path VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    size INTEGER NOT NULL,
    role VARCHAR NOT NULL,
    format VARCHAR,
    CONSTRAINT pk_files PRIMARY KEY (version_id, path),
    CONSTRAINT fk_files_version_id FOREIGN KEY(version_id) REFERENCES versions (id)
) WITHOUT ROWID;

CREATE INDEX ix_files_digest ON files (digest);

CREATE INDEX ix_files_format ON files (format, version_id);

CREATE TABLE intake_files (
    intake_id INTEGER NOT NULL,
    path VARCHAR NOT NULL,
    digest VARCHAR,
    size INTEGER NOT NULL,
    mark VARCHAR DEFAULT '' NOT NULL,
    upload_id VARCHAR,
    CONSTRAINT pk_intake_files PRIMARY KEY (intake_id, path),
    CONSTRAINT fk_intake_files_intake_id FOREIGN KEY(intake_id) REFERENCES intakes (id) ON DELETE CASCADE
) WITHOUT ROWID;

CREATE INDEX ix_intake_files_digest ON intake_files (digest);

CREATE TABLE label_spans (
    model_id INTEGER NOT NULL,
    label VARCHAR NOT NULL,
    version_id INTEGER NOT NULL,
    since_sequence INTEGER NOT NULL,
    until_sequence INTEGER,
    CONSTRAINT pk_label_spans PRIMARY KEY (model_id, label, version_id, since_sequence),
    CONSTRAINT fk_label_spans_model_id FOREIGN KEY(model_id) REFERENCES models (id),
    CONSTRAINT fk_label_spans_version_id FOREIGN KEY(version_id) REFERENCES versions (id)
) WITHOUT ROWID;

CREATE INDEX ix_label_spans_since ON label_spans (model_id, label, since_sequence);

CREATE TABLE metrics (
    version_id INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    dataset VARCHAR DEFAULT '' NOT NULL,
    slice VARCHAR DEFAULT '' NOT NULL,
    model_id INTEGER NOT NULL,
    value FLOAT NOT NULL,
    direction VARCHAR,
    CONSTRAINT pk_metrics PRIMARY KEY (version_id, name, dataset, slice),
    CONSTRAINT fk_metrics_version_id FOREIGN KEY(version_id) REFERENCES versions (id)
) WITHOUT ROWID;

CREATE INDEX ix_metrics_dataset ON metrics (name, dataset, value, version_id) WHERE dataset <> '';

CREATE INDEX ix_metrics_model ON metrics (name, model_id, value, version_id);

CREATE INDEX ix_metrics_value ON metrics (name, value, version_id);

CREATE TABLE overrides (
    id INTEGER NOT NULL,
    namespace_id INTEGER NOT NULL,
    version_id INTEGER NOT NULL,
    target VARCHAR NOT NULL,
    gates TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by VARCHAR NOT NULL,
    ends_at BIGINT NOT NULL,
    closed_at BIGINT,
    closed_by VARCHAR,
    reason TEXT NOT NULL,
    CONSTRAINT pk_overrides PRIMARY KEY (id),
    CONSTRAINT fk_overrides_namespace_id FOREIGN KEY(namespace_id) REFERENCES namespaces (id),
    CONSTRAINT fk_overrides_version_id FOREIGN KEY(version_id) REFERENCES versions (id)
);

CREATE INDEX ix_overrides_namespace ON overrides (namespace_id, id);

CREATE INDEX ix_overrides_version ON overrides (version_id, id);

CREATE TABLE parameters (
    version_id INTEGER NOT NULL,
    name VARCHAR NOT NULL,
    text TEXT NOT NULL,
    number FLOAT,
    head VARCHAR GENERATED ALWAYS AS (CASE WHEN number IS NULL THEN substr(text, 1, 64) END) STORED,
    CONSTRAINT pk_parameters PRIMARY KEY (version_id, name),
    CONSTRAINT fk_parameters_version_id FOREIGN KEY(version_id) REFERENCES versions (id)
) WITHOUT ROWID;

CREATE INDEX ix_parameters_head ON parameters (name, head, version_id);

CREATE INDEX ix_parameters_number ON parameters (name, number, version_id);

CREATE TABLE parents (
    version_id INTEGER NOT NULL,
    position INTEGER NOT NULL,
    reference TEXT NOT NULL,
    relation VARCHAR NOT NULL,
    digest VARCHAR,
    parent_id INTEGER,
    CONSTRAINT pk_parents PRIMARY KEY (version_id, position),
    CONSTRAINT fk_parents_version_id FOREIGN KEY(version_id) REFERENCES versions (id),
    CONSTRAINT fk_parents_parent_id FOREIGN KEY(parent_id) REFERENCES versions (id)
) WITHOUT ROWID;

CREATE INDEX ix_parents_parent ON parents (parent_id, version_id);

CREATE INDEX ix_parents_reference ON parents (reference, version_id);

CREATE TABLE promotions (
    id INTEGER NOT NULL,
    namespace_id INTEGER NOT NULL,
    model_id INTEGER NOT NULL,
    version_id INTEGER NOT NULL,
    digest VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    target VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    policy_number INTEGER NOT NULL,
    incumbent_id INTEGER,
    replaced_id INTEGER,
    requester_id INTEGER NOT NULL,
    requested_by VARCHAR NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    ended_at BIGINT,
    reason TEXT NOT NULL,
    note TEXT DEFAULT '' NOT NULL,
    verdicts TEXT NOT NULL,
    evidence TEXT NOT NULL,
    CONSTRAINT pk_promotions PRIMARY KEY (id),
    CONSTRAINT fk_promotions_namespace_id FOREIGN KEY(namespace_id) REFERENCES namespaces (id),
    CONSTRAINT fk_promotions_model_id FOREIGN KEY(model_id) REFERENCES models (id),
    CONSTRAINT fk_promotions_version_id FOREIGN KEY(version_id) REFERENCES versions (id)
);

CREATE INDEX ix_promotions_model ON promotions (model_id, status, id);

CREATE INDEX ix_promotions_namespace ON promotions (namespace_id, status, id);

CREATE INDEX ix_promotions_pending ON promotions (expires_at, id) WHERE status = 'pending';

CREATE INDEX ix_promotions_requester ON promotions (requester_id, status, id);

CREATE INDEX ix_promotions_status ON promotions (status, id);

CREATE INDEX ix_promotions_version ON promotions (version_id, target, id);

CREATE TABLE quarantined (
    quarantine_id INTEGER NOT NULL,
    version_id INTEGER NOT NULL,
    CONSTRAINT pk_quarantined PRIMARY KEY (quarantine_id, version_id),
    CONSTRAINT fk_quarantined_quarantine_id FOREIGN KEY(quarantine_id) REFERENCES quarantines (id),
    CONSTRAINT fk_quarantined_version_id FOREIGN KEY(version_id) REFERENCES versions (id)
) WITHOUT ROWID;

CREATE INDEX ix_quarantined_version ON quarantined (version_id, quarantine_id);

CREATE TABLE sign_in_links (
    hash BLOB NOT NULL,
    token_id VARCHAR NOT NULL,
    expires_at BIGINT NOT NULL,
    CONSTRAINT pk_sign_in_links PRIMARY KEY (hash),
    CONSTRAINT fk_sign_in_links_token_id FOREIGN KEY(token_id) REFERENCES tokens (id) ON DELETE CASCADE
);

CREATE INDEX ix_sign_in_links_expires ON sign_in_links (expires_at);

CREATE INDEX ix_sign_in_links_token ON sign_in_links (token_id);

CREATE TABLE sources (
    version_id INTEGER NOT NULL,
    uri TEXT,
    run_id VARCHAR,
    run_link TEXT,
    logged_model VARCHAR,
    CONSTRAINT pk_sources PRIMARY KEY (version_id),
    CONSTRAINT fk_sources_version_id FOREIGN KEY(version_id) REFERENCES versions (id)
) WITHOUT ROWID;

CREATE INDEX ix_sources_run ON sources (run_id, version_id);

CREATE INDEX ix_sources_uri ON sources (uri, version_id);

CREATE TABLE version_tags (
    version_id INTEGER NOT NULL,
    "key" VARCHAR NOT NULL,
    value TEXT NOT NULL,
    head VARCHAR GENERATED ALWAYS AS (substr(value, 1, 64)) STORED,
    CONSTRAINT pk_version_tags PRIMARY KEY (version_id, "key"),
    CONSTRAINT fk_version_tags_version_id FOREIGN KEY(version_id) REFERENCES versions (id)
) WITHOUT ROWID;

CREATE INDEX ix_version_tags_head ON version_tags ("key", head, version_id);

CREATE TABLE approvals (
    id INTEGER NOT NULL,
    promotion_id INTEGER NOT NULL,
    principal_id INTEGER NOT NULL,
    person_id INTEGER NOT NULL,
    principal VARCHAR NOT NULL,
    decision VARCHAR NOT NULL,
    policy_number INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    voided_at BIGINT,
    comment TEXT NOT NULL,
    evidence TEXT NOT NULL,
    voided_because TEXT,
    CONSTRAINT pk_approvals PRIMARY KEY (id),
    CONSTRAINT fk_approvals_promotion_id FOREIGN KEY(promotion_id) REFERENCES promotions (id),
    CONSTRAINT fk_approvals_principal_id FOREIGN KEY(principal_id) REFERENCES principals (id),
    CONSTRAINT fk_approvals_person_id FOREIGN KEY(person_id) REFERENCES principals (id)
);

CREATE INDEX ix_approvals_promotion ON approvals (promotion_id, id);

CREATE TABLE comments (
    id INTEGER NOT NULL,
    promotion_id INTEGER NOT NULL,
    created_at BIGINT NOT NULL,
    created_by VARCHAR NOT NULL,
    text TEXT NOT NULL,
    CONSTRAINT pk_comments PRIMARY KEY (id),
    CONSTRAINT fk_comments_promotion_id FOREIGN KEY(promotion_id) REFERENCES promotions (id)
);

CREATE INDEX ix_comments_promotion ON comments (promotion_id, id);

CREATE VIRTUAL TABLE model_words USING fts5(name, description, card, content='models', content_rowid='id', tokenize='unicode61 remove_diacritics 0');

CREATE TRIGGER model_words_added AFTER INSERT ON models WHEN new.name <> '' OR new.description <> '' OR new.card <> '' BEGIN INSERT INTO model_words (rowid, name, description, card) SELECT new.id, new.name, new.description, new.card WHERE new.name <> '' OR new.description <> '' OR new.card <> ''; END;

CREATE TRIGGER model_words_removed AFTER DELETE ON models BEGIN INSERT INTO model_words (model_words, rowid, name, description, card) SELECT 'delete', old.id, old.name, old.description, old.card WHERE old.name <> '' OR old.description <> '' OR old.card <> ''; END;

CREATE TRIGGER model_words_changed AFTER UPDATE OF name, description, card ON models BEGIN INSERT INTO model_words (model_words, rowid, name, description, card) SELECT 'delete', old.id, old.name, old.description, old.card WHERE old.name <> '' OR old.description <> '' OR old.card <> ''; INSERT INTO model_words (rowid, name, description, card) SELECT new.id, new.name, new.description, new.card WHERE new.name <> '' OR new.description <> '' OR new.card <> ''; END;

CREATE VIRTUAL TABLE version_words USING fts5(description, card, content='versions', content_rowid='id', tokenize='unicode61 remove_diacritics 0');

CREATE TRIGGER version_words_added AFTER INSERT ON versions WHEN new.description <> '' OR new.card <> '' BEGIN INSERT INTO version_words (rowid, description, card) SELECT new.id, new.description, new.card WHERE new.description <> '' OR new.card <> ''; END;

CREATE TRIGGER version_words_removed AFTER DELETE ON versions BEGIN INSERT INTO version_words (version_words, rowid, description, card) SELECT 'delete', old.id, old.description, old.card WHERE old.description <> '' OR old.card <> ''; END;

CREATE TRIGGER version_words_changed AFTER UPDATE OF description, card ON versions BEGIN INSERT INTO version_words (version_words, rowid, description, card) SELECT 'delete', old.id, old.description, old.card WHERE old.description <> '' OR old.card <> ''; INSERT INTO version_words (rowid, description, card) SELECT new.id, new.description, new.card WHERE new.description <> '' OR new.card <> ''; END;

INSERT INTO ledger_head (id, size, edge, time) VALUES (1, 0, X'', 0);
