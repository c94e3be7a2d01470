import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Makes topics, records, commits and members with Kafka's own client, as told on standard input: one JVM for a whole
 * test run instead of one for each command-line tool.
 *
 * A line is `ID COMMAND ARGUMENT…`, the first argument a cluster's bootstrap; its answer is `ID ok …` or
 * `ID error …`. Lines are worked on at the same time: whoever needs an order waits for the answer. The end of input
 * ends the JVM, and with it every member.
 */
public final class KafkaFixture {
    private static final Map<String, Cluster> clusters = new ConcurrentHashMap<>();

    public static void main(String[] arguments) throws Exception {
        PrintStream answers = System.out;
        System.setOut(System.err);
        ExecutorService workers = Executors.newCachedThreadPool();
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            String[] words = line.trim().split(" +");
            workers.execute(() -> {
                String answer = words[0] + " " + answer(words);
                synchronized (answers) {
                    answers.println(answer);
                    answers.flush();
                }
            });
        }
        Runtime.getRuntime().halt(0);
    }

    private static String answer(String[] words) {
        try {
            Cluster cluster = clusters.computeIfAbsent(words[2], Cluster::new);
            return ("ok " + run(cluster, words[1], Arrays.copyOfRange(words, 3, words.length))).trim();
        } catch (Throwable error) {
            Throwable cause = error instanceof ExecutionException ? error.getCause() : error;
            return ("error " + cause).replace('\n', ' ');
        }
    }

    private static String run(Cluster cluster, String command, String[] a) throws Exception {
        switch (command) {
            case "cluster-id": return cluster.admin.describeCluster().clusterId().get();
            case "topic": return cluster.createTopic(a[0], Integer.parseInt(a[1]), pairs(a, 2));
            case "partitions": return cluster.addPartitions(a[0], Integer.parseInt(a[1]));
            case "delete-topic": return cluster.deleteTopic(a[0]);
            case "config": return cluster.configure(a[0], pairs(a, 1));
            case "produce": return cluster.produce(a[0], Integer.parseInt(a[1]), Integer.parseInt(a[2]), a[3], a[4]);
            case "raw": return cluster.raw(a[0], Integer.parseInt(a[1]), bytes(a[2]), bytes(a[3]));
            case "begin": return cluster.begin(a[0], a[1], Integer.parseInt(a[2]), Integer.parseInt(a[3]));
            case "finish": return cluster.finish(a[0], a[1]);
            case "delete-records": return cluster.deleteRecords(a[0], Integer.parseInt(a[1]), Long.parseLong(a[2]));
            case "offsets": return cluster.offsets(a[0], a[1]);
            case "count": return cluster.count(a[0], Integer.parseInt(a[1]), Long.parseLong(a[2]), a[3]);
            case "commit": return cluster.commit(a[0], a[1], pairs(a, 2));
            case "join": return cluster.join(a[0], a[1], List.of(a[2].split(",")));
            case "leave": return cluster.leave(a[0]);
            case "acl": return cluster.allow(a[0], a[1], a[2], a[3], a[4]);
            default: throw new IllegalArgumentException("no such command: " + command);
        }
    }

    private static Map<String, String> pairs(String[] words, int from) {
        Map<String, String> pairs = new TreeMap<>();
        for (int i = from; i < words.length; i++) {
            String[] pair = words[i].split("=", 2);
            pairs.put(pair[0], pair[1]);
        }
        return pairs;
    }

    /** Hexadecimal digits, `-` for no byte at all, `null` for no value. */
    private static byte[] bytes(String word) {
        if (word.equals("null")) return null;
        return word.equals("-") ? new byte[0] : HexFormat.of().parseHex(word);
    }

    /** One Kafka cluster, reached by its bootstrap address. */
    private static final class Cluster {
        private final String bootstrap;
        private final Admin admin;
        private final Map<String, KafkaProducer<byte[], byte[]>> producers = new ConcurrentHashMap<>();
        private final Map<String, KafkaProducer<byte[], byte[]>> transactions = new ConcurrentHashMap<>();
        private final Map<String, List<Member>> members = new ConcurrentHashMap<>();

        Cluster(String bootstrap) {
            this.bootstrap = bootstrap;
            this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
        }

        String createTopic(String name, int partitions, Map<String, String> settings) throws Exception {
            String replication = settings.remove("replication");
            short factor = replication == null ? 1 : Short.parseShort(replication);
            admin.createTopics(List.of(new NewTopic(name, partitions, factor).configs(settings))).all().get();
            return "";
        }

        String addPartitions(String topic, int total) throws Exception {
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(total))).all().get();
            return "";
        }

        String deleteTopic(String name) throws Exception {
            admin.deleteTopics(List.of(name)).all().get();
            return "";
        }

        String configure(String topic, Map<String, String> settings) throws Exception {
            List<AlterConfigOp> changes = settings.entrySet().stream()
                .map(e -> new AlterConfigOp(new ConfigEntry(e.getKey(), e.getValue()), AlterConfigOp.OpType.SET))
                .collect(Collectors.toList());
            ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
            admin.incrementalAlterConfigs(Map.of(resource, changes)).all().get();
            return "";
        }

        /** Answers the offsets of the first and the last record. */
        String produce(String topic, int partition, int count, String codec, String format) throws Exception {
            return send(producer(codec), topic, partition, count, format);
        }

        String raw(String topic, int partition, byte[] key, byte[] value) throws Exception {
            return "" + producer("none").send(new ProducerRecord<>(topic, partition, key, value)).get().offset();
        }

        private static String send(
            KafkaProducer<byte[], byte[]> producer, String topic, int partition, int count, String format
        ) throws Exception {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                byte[] key = ("key-" + i).getBytes(StandardCharsets.UTF_8);
                sent.add(producer.send(new ProducerRecord<>(topic, partition, key, value(format, i))));
            }
            producer.flush();
            if (sent.isEmpty()) return "";
            for (Future<RecordMetadata> one : sent) one.get();
            return sent.get(0).get().offset() + " " + sent.get(count - 1).get().offset();
        }

        private static byte[] value(String format, int i) {
            switch (format) {
                case "text": return ("record " + i + " with äöü").getBytes(StandardCharsets.UTF_8);
                case "json": return ("{\"id\":" + i + ",\"amount\":\"12.50\"}").getBytes(StandardCharsets.UTF_8);
                case "framed": return ByteBuffer.allocate(9).put((byte) 0).putInt(7).putInt(i).array();
                case "binary": return new byte[] {(byte) 0xff, (byte) 0xfe, (byte) i};
                case "empty": return new byte[0];
                case "tombstone": return null;
                default: throw new IllegalArgumentException("no such format: " + format);
            }
        }

        private KafkaProducer<byte[], byte[]> producer(String codec) {
            return producers.computeIfAbsent(
                codec, name -> newProducer(Map.of("compression.type", name, "linger.ms", "20")));
        }

        private KafkaProducer<byte[], byte[]> newProducer(Map<String, Object> settings) {
            Map<String, Object> all = new HashMap<>(settings);
            all.put("bootstrap.servers", bootstrap);
            return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
        }

        /** Leaves a transaction open, its records written to the log, until `finish`. */
        String begin(String id, String topic, int partition, int count) throws Exception {
            KafkaProducer<byte[], byte[]> producer = transactions.computeIfAbsent(id, name -> {
                var made = newProducer(Map.of("transactional.id", name, "transaction.timeout.ms", "600000"));
                made.initTransactions();
                return made;
            });
            producer.beginTransaction();
            return send(producer, topic, partition, count, "json");
        }

        String finish(String id, String outcome) {
            switch (outcome) {
                case "commit": transactions.get(id).commitTransaction(); break;
                case "abort": transactions.get(id).abortTransaction(); break;
                default: throw new IllegalArgumentException("commit or abort, not " + outcome);
            }
            return "";
        }

        String deleteRecords(String topic, int partition, long before) throws Exception {
            var request = Map.of(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(before));
            admin.deleteRecords(request).all().get();
            return "";
        }

        /** Answers `partition=offset` for each partition. */
        String offsets(String topic, String at) throws Exception {
            OffsetSpec spec = at.equals("start") ? OffsetSpec.earliest() : OffsetSpec.latest();
            var isolation = at.equals("stable") ? IsolationLevel.READ_COMMITTED : IsolationLevel.READ_UNCOMMITTED;
            int count = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic).partitions().size();
            Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
            for (int i = 0; i < count; i++) asked.put(new TopicPartition(topic, i), spec);
            var found = admin.listOffsets(asked, new ListOffsetsOptions(isolation)).all().get();
            List<String> rows = new ArrayList<>();
            for (int i = 0; i < count; i++) rows.add(i + "=" + found.get(new TopicPartition(topic, i)).offset());
            return String.join(" ", rows);
        }

        /** Counts the records from an offset to the end as a consumer of that isolation is given them. */
        String count(String topic, int partition, long from, String isolation) {
            TopicPartition place = new TopicPartition(topic, partition);
            try (KafkaConsumer<byte[], byte[]> consumer = newConsumer(Map.of("isolation.level", isolation))) {
                consumer.assign(List.of(place));
                consumer.seek(place, from);
                long end = consumer.endOffsets(List.of(place)).get(place);
                long records = 0;
                while (consumer.position(place) < end) {
                    for (var record : consumer.poll(Duration.ofMillis(500))) {
                        if (record.offset() < end) records++;
                    }
                }
                return "" + records;
            }
        }

        private KafkaConsumer<byte[], byte[]> newConsumer(Map<String, Object> settings) {
            Map<String, Object> all = new HashMap<>(settings);
            all.put("bootstrap.servers", bootstrap);
            all.put("enable.auto.commit", "false");
            all.put("auto.offset.reset", "earliest");
            return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        }

        /** Commits through a live member if there is one, since a broker refuses anyone else then. */
        String commit(String group, String topic, Map<String, String> offsets) throws Exception {
            Map<TopicPartition, OffsetAndMetadata> commits = new HashMap<>();
            offsets.forEach((partition, place) -> {
                // `OFFSET`, or with a leader epoch `OFFSET@EPOCH`.
                String[] parts = place.split("@", 2);
                Optional<Integer> epoch = parts.length > 1 ? Optional.of(Integer.valueOf(parts[1])) : Optional.empty();
                commits.put(
                    new TopicPartition(topic, Integer.parseInt(partition)),
                    new OffsetAndMetadata(Long.parseLong(parts[0]), epoch, ""));
            });
            List<Member> live = members.getOrDefault(group, List.of());
            if (live.isEmpty()) {
                admin.alterConsumerGroupOffsets(group, commits).all().get();
            } else {
                live.get(0).commit(commits);
            }
            return "";
        }

        /** Answers `topic:partition` for each partition that the new member was given at first. */
        String join(String group, String protocol, List<String> topics) throws Exception {
            KafkaConsumer<byte[], byte[]> consumer =
                newConsumer(Map.of("group.id", group, "group.protocol", protocol));
            Member member = new Member(consumer, topics);
            members.computeIfAbsent(group, name -> new CopyOnWriteArrayList<>()).add(member);
            member.start();
            return member.assigned.get(30, TimeUnit.SECONDS).stream()
                .map(place -> place.topic() + ":" + place.partition()).sorted().collect(Collectors.joining(" "));
        }

        String leave(String group) throws Exception {
            List<Member> leaving = members.remove(group);
            if (leaving == null) throw new IllegalArgumentException("no member in " + group);
            for (Member member : leaving) member.leave();
            return "";
        }

        String allow(String principal, String operation, String type, String name, String pattern) throws Exception {
            ResourcePattern resource = new ResourcePattern(
                ResourceType.fromString(type), name, PatternType.fromString(pattern.toUpperCase()));
            AccessControlEntry entry = new AccessControlEntry(
                principal, "*", AclOperation.fromString(operation), AclPermissionType.ALLOW);
            admin.createAcls(List.of(new AclBinding(resource, entry))).all().get();
            return "";
        }
    }

    /** A live member of a group. It holds its partitions paused, so that nothing but commands moves its position. */
    private static final class Member extends Thread {
        final CompletableFuture<Set<TopicPartition>> assigned = new CompletableFuture<>();
        private final KafkaConsumer<byte[], byte[]> consumer;
        private final List<String> topics;
        private final BlockingQueue<FutureTask<Void>> tasks = new LinkedBlockingQueue<>();
        private volatile boolean leaving;

        Member(KafkaConsumer<byte[], byte[]> consumer, List<String> topics) {
            this.consumer = consumer;
            this.topics = topics;
            setDaemon(true);
        }

        @Override
        public void run() {
            try (consumer) {
                consumer.subscribe(topics, new ConsumerRebalanceListener() {
                    @Override
                    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                        consumer.pause(partitions);
                        if (!partitions.isEmpty()) assigned.complete(Set.copyOf(partitions));
                    }

                    @Override
                    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {}
                });
                while (!leaving) {
                    consumer.poll(Duration.ofMillis(100));
                    for (var task = tasks.poll(); task != null; task = tasks.poll()) task.run();
                }
            } catch (Throwable error) {
                assigned.completeExceptionally(error);
            }
        }

        void commit(Map<TopicPartition, OffsetAndMetadata> offsets) throws Exception {
            FutureTask<Void> task = new FutureTask<>(() -> consumer.commitSync(offsets), null);
            tasks.add(task);
            task.get(30, TimeUnit.SECONDS);
        }

        void leave() throws InterruptedException {
            leaving = true;
            join();
        }
    }
}
