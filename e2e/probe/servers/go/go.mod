module portlock.dev/e2e/probe/servers

go 1.24
