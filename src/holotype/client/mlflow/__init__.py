"""How is another registry read that speaks MLflow's protocol, so that its models can come over?

    server      requests to it, and how its answers are read
    answers     what they look like
    listing     models and versions, to the end
    places      where the bytes of a version lie, and whether they can be had from here
    fetching    bytes from there to here, counted and hashed
    context     what its tracking server knows of runs and logged models
    bringing    one version: bytes, then registration
    comparing   what is equal there and here
    one_model   one model: pages of versions, then what is said of it
    importing   all of it, model by model
    report      what came, what could not, and why

The library ``mlflow`` is not needed and never imported. Nothing that the other server says is trusted.
"""
