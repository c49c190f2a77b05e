// A real OpenID provider for the tests: `node provider.mjs PORT REDIRECT_URI KEYS_FILE`.
// Any name signs in (development interactions). GET /test/rotate?keys=JSON is not there: keys come from the file, so a
// provider with other keys is the same file with another content, started again on the same port.
import { readFileSync } from 'node:fs';
import Provider from 'oidc-provider';

const [port, redirectUri, keysFile] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const provider = new Provider(issuer, {
  jwks: JSON.parse(readFileSync(keysFile, 'utf8')),
  clients: [
    {
      client_id: 'holotype',
      client_secret: 'a secret of the tests, :%&+',
      redirect_uris: [redirectUri],
      response_types: ['code'],
      grant_types: ['authorization_code'],
    },
  ],
  claims: { openid: ['sub'], profile: ['preferred_username'], email: ['email', 'email_verified'] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  cookies: { keys: ['of the tests'] },
  async findAccount(_, id) {
    return {
      accountId: id,
      claims: async () => ({
        sub: id,
        preferred_username: id,
        email: `${id}@example.org`,
        email_verified: !id.startsWith('unverified'),
      }),
    };
  },
});
provider.listen(Number(port), '127.0.0.1');
