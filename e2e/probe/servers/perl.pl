use strict;
use warnings;
use IO::Socket::INET;

my $server = IO::Socket::INET->new(LocalPort => 7021, Listen => 128) or die $!;
while (my $client = $server->accept) {
    print {$client} "hello\n";
    while (my $line = <$client>) {
        print {$client} $line;
    }
    close $client;
}
