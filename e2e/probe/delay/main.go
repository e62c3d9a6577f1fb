// Delay joins two network namespaces by a pair of TUN devices, and hands every packet over later than it
// came. It stands for a long line: tc's netem, which would do the same, is a kernel module that many
// machines lack.
//
//	delay DEVICE NAMESPACE NAMESPACE MILLISECONDS
//
// Says "ready" once both devices are there, and ends, and they with it, when its standard input does.
package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"
	"unsafe"
)

const (
	tunSetInterface = 0x400454ca // TUNSETIFF
	tunNoHeader     = 0x1001     // IFF_TUN | IFF_NO_PI
	largestPacket   = 65535
	// So many may be under way; a sweep of all ports has fewer connections than that.
	queueLength = 65536
)

// setns(2) is not in package syscall.
var setnsNumber = map[string]uintptr{"amd64": 308, "arm64": 268}[runtime.GOARCH]

type packet struct {
	bytes []byte
	at    time.Time
}

func main() {
	if len(os.Args) != 5 {
		fail(fmt.Errorf("want a device, two namespaces and milliseconds"))
	}
	milliseconds, err := strconv.Atoi(os.Args[4])
	fail(err)
	one, err := openDevice(os.Args[2], os.Args[1])
	fail(err)
	other, err := openDevice(os.Args[3], os.Args[1])
	fail(err)
	after := time.Duration(milliseconds) * time.Millisecond
	go carry(one, other, after)
	go carry(other, one, after)
	fmt.Println("ready")
	io.Copy(io.Discard, os.Stdin)
}

// openDevice makes a TUN device in a namespace of /run/netns.
func openDevice(namespace, name string) (*os.File, error) {
	// The thread stays in that namespace, and ends with its goroutine.
	result := make(chan error)
	var device *os.File
	go func() {
		runtime.LockOSThread()
		var err error
		device, err = openHere(namespace, name)
		result <- err
	}()
	return device, <-result
}

func openHere(namespace, name string) (*os.File, error) {
	there, err := os.Open("/run/netns/" + namespace)
	if err != nil {
		return nil, err
	}
	defer there.Close()
	if _, _, errno := syscall.RawSyscall(setnsNumber, there.Fd(), syscall.CLONE_NEWNET, 0); errno != 0 {
		return nil, fmt.Errorf("setns: %w", errno)
	}
	descriptor, err := syscall.Open("/dev/net/tun", syscall.O_RDWR|syscall.O_NONBLOCK|syscall.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("/dev/net/tun: %w", err)
	}
	var request [40]byte // struct ifreq: the name, then the flags
	copy(request[:15], name)
	*(*uint16)(unsafe.Pointer(&request[16])) = tunNoHeader
	if _, _, errno := syscall.Syscall(syscall.SYS_IOCTL, uintptr(descriptor), tunSetInterface, uintptr(unsafe.Pointer(&request))); errno != 0 {
		return nil, fmt.Errorf("TUNSETIFF: %w", errno)
	}
	return os.NewFile(uintptr(descriptor), name), nil
}

func carry(from, to *os.File, after time.Duration) {
	queue := make(chan packet, queueLength)
	go func() {
		for each := range queue {
			time.Sleep(time.Until(each.at))
			to.Write(each.bytes) // a device that is down takes none
		}
	}()
	buffer := make([]byte, largestPacket)
	for {
		length, err := from.Read(buffer)
		if err != nil {
			time.Sleep(time.Millisecond) // not up yet
			continue
		}
		queue <- packet{append([]byte(nil), buffer[:length]...), time.Now().Add(after)}
	}
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "delay:", err)
		os.Exit(1)
	}
}
