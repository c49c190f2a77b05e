"""The bytes: content-addressed blobs in a folder or a bucket, uploads on their way in, and the sweep."""
