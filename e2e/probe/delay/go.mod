module portlock.dev/e2e/probe/delay

go 1.24
