package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
)

func main() {
	listener, err := net.Listen("tcp", ":7031")
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				log.Fatal(err)
			}
			go echo(conn)
		}
	}()
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	log.Fatal(http.ListenAndServe(":7032", nil))
}

func echo(conn net.Conn) {
	defer conn.Close()
	if _, err := fmt.Fprintln(conn, "hello"); err != nil {
		log.Fatal(err)
	}
	if _, err := io.Copy(conn, conn); err != nil {
		log.Fatal(err)
	}
}
