/**
 * TCP ports that containers listen on without anybody declaring them: debuggers, profilers, admin
 * and metrics endpoints, databases, remote shells. Every pod is asked for these in every round; all
 * others are left to the sweep of one pod of each template. The ports by which members of a cluster find each other
 * are among them, as those of etcd, ZooKeeper, RabbitMQ, Consul, Flink or Hazelcast: a policy would part it.
 */
export const WELL_KNOWN_PORTS: readonly number[] = [
  21, 22, 23, 25, 53, 80, 111, 443, 445, 873, 1099, 1433, 1521, 1883, 2181, 2375, 2376, 2379, 2380,
  2551, 2552, 2888, 3000, 3306, 3389, 3888, 4040, 4143, 4191, 4369, 5000, 5005, 5432, 5601, 5672,
  5678, 5701, 5900, 6060, 6122, 6123, 6222, 6379, 6443, 7000, 7001, 7070, 7077, 7078, 7800, 7946,
  8000, 8008, 8080, 8081, 8082, 8083, 8086, 8088, 8090, 8125, 8200, 8300, 8301, 8302, 8443, 8500,
  8558, 8787, 8888, 8983, 9000, 9001, 9042, 9080, 9090, 9091, 9092, 9093, 9100, 9102, 9113, 9121,
  9187, 9200, 9229, 9300, 9411, 9418, 9443, 9999, 10250, 11211, 11434, 15000, 15001, 15006, 15008,
  15020, 15021, 15672, 25520, 25672, 26257, 27017, 47100, 47500, 50051, 50070, 61616,
];
