// No code: go.sum beside it is what the modules that applications.yaml names are checked against.
module portlock.dev/e2e/manifests

go 1.24
