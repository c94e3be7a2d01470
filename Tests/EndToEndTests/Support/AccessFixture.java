import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sets the ACLs and quotas of a cluster, and tries as a user what they allow, with Kafka's own client.
 *
 * The lines that it takes and answers are those of `KafkaFixture.java`.
 */
public final class AccessFixture {
    private static final Map<String, Admin> admins = new ConcurrentHashMap<>();

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
            return ("ok " + run(words[2], words[1], Arrays.copyOfRange(words, 3, words.length))).trim();
        } catch (Throwable error) {
            Throwable cause = error instanceof ExecutionException ? error.getCause() : error;
            return ("error " + cause).replace('\n', ' ');
        }
    }

    private static String run(String bootstrap, String command, String[] a) throws Exception {
        if (command.equals("can")) return Visitor.can(bootstrap, a[0], a[1], a[2], a[3]);
        Admin admin = admins.computeIfAbsent(bootstrap, address -> Admin.create(Map.of("bootstrap.servers", address)));
        switch (command) {
            case "acls": return replaceAcls(admin, List.of(a));
            case "quotas": return replaceQuotas(admin, List.of(a));
            default: throw new IllegalArgumentException("no such command: " + command);
        }
    }

    /**
     * Makes the cluster's ACLs these, each `principal|host|operation|permission|type|name|pattern`, and waits until
     * the broker evaluates them: it learns of them after the controller.
     */
    private static String replaceAcls(Admin admin, List<String> entries) throws Exception {
        Set<AclBinding> wanted = new HashSet<>();
        for (String entry : entries) {
            String[] part = entry.split("\\|");
            wanted.add(new AclBinding(
                new ResourcePattern(
                    ResourceType.fromString(part[4]), part[5], PatternType.fromString(part[6].toUpperCase())),
                new AccessControlEntry(
                    part[0], part[1], AclOperation.fromString(part[2]), AclPermissionType.fromString(part[3]))));
        }
        Set<AclBinding> found = Set.copyOf(admin.describeAcls(AclBindingFilter.ANY).values().get());
        List<AclBindingFilter> gone =
            found.stream().filter(one -> !wanted.contains(one)).map(AclBinding::toFilter).toList();
        if (!gone.isEmpty()) admin.deleteAcls(gone).all().get();
        List<AclBinding> made = wanted.stream().filter(one -> !found.contains(one)).toList();
        if (!made.isEmpty()) admin.createAcls(made).all().get();
        while (!Set.copyOf(admin.describeAcls(AclBindingFilter.ANY).values().get()).equals(wanted)) {
            Thread.sleep(20);
        }
        return "";
    }

    /**
     * Makes the cluster's quotas these, each `type=name,type=name|key|value`, a default having no name, and waits
     * until the broker tells them.
     */
    private static String replaceQuotas(Admin admin, List<String> entries) throws Exception {
        Map<ClientQuotaEntity, Map<String, Double>> wanted = new HashMap<>();
        for (String entry : entries) {
            String[] part = entry.split("\\|");
            Map<String, String> entity = new HashMap<>();
            for (String one : part[0].split(",")) {
                String[] pair = one.split("=", 2);
                entity.put(pair[0], pair[1].isEmpty() ? null : pair[1]);
            }
            wanted.computeIfAbsent(new ClientQuotaEntity(entity), e -> new HashMap<>())
                .put(part[1], Double.valueOf(part[2]));
        }
        Map<ClientQuotaEntity, Map<String, Double>> found =
            admin.describeClientQuotas(ClientQuotaFilter.all()).entities().get();
        List<ClientQuotaAlteration> changes = new ArrayList<>();
        found.forEach((entity, values) -> changes.add(new ClientQuotaAlteration(
            entity,
            values.keySet().stream().filter(key -> !wanted.getOrDefault(entity, Map.of()).containsKey(key))
                .map(key -> new ClientQuotaAlteration.Op(key, null)).toList())));
        wanted.forEach((entity, values) -> changes.add(new ClientQuotaAlteration(
            entity,
            values.entrySet().stream().map(e -> new ClientQuotaAlteration.Op(e.getKey(), e.getValue())).toList())));
        // An entity has to come once.
        for (ClientQuotaAlteration change : changes) admin.alterClientQuotas(List.of(change)).all().get();
        while (!admin.describeClientQuotas(ClientQuotaFilter.all()).entities().get().equals(wanted)) {
            Thread.sleep(20);
        }
        return "";
    }

    /** A user who really tries what a permission would let him do. */
    private static final class Visitor {
        static String can(String bootstrap, String user, String password, String what, String topic) throws Exception {
            Map<String, Object> settings = new HashMap<>(Map.of(
                "bootstrap.servers", bootstrap, "security.protocol", "SASL_PLAINTEXT", "sasl.mechanism", "PLAIN",
                "sasl.jaas.config", "org.apache.kafka.common.security.plain.PlainLoginModule required username=\""
                    + user + "\" password=\"" + password + "\";"));
            try {
                switch (what) {
                    case "read": read(settings, topic); break;
                    case "write": write(settings, topic); break;
                    case "create": create(settings, topic); break;
                    default: commit(settings, what, topic);
                }
                return "yes";
            } catch (Exception error) {
                Throwable cause = error instanceof ExecutionException ? error.getCause() : error;
                if (cause instanceof AuthorizationException) return "no";
                throw error;
            }
        }

        /** There has to be a record to be given. */
        private static void read(Map<String, Object> settings, String topic) {
            try (var consumer = consumer(settings, topic)) {
                consumer.seekToBeginning(consumer.assignment());
                long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
                while (consumer.poll(Duration.ofMillis(200)).isEmpty()) {
                    if (System.nanoTime() > end) throw new IllegalStateException("neither records nor a refusal");
                }
            }
        }

        private static void write(Map<String, Object> settings, String topic) throws Exception {
            settings.put("enable.idempotence", "false");
            try (var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
                producer.send(new ProducerRecord<>(topic, 0, null, new byte[1])).get();
            }
        }

        /** Nothing comes of it: that the topic is there already is said to those alone that might. */
        private static void create(Map<String, Object> settings, String topic) throws Exception {
            try (var admin = Admin.create(settings)) {
                var request = new CreateTopicsOptions().validateOnly(true);
                admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1)), request).all().get();
            } catch (ExecutionException error) {
                if (!(error.getCause() instanceof TopicExistsException)) throw error;
            }
        }

        private static void commit(Map<String, Object> settings, String group, String topic) {
            settings.put("group.id", group);
            try (var consumer = consumer(settings, topic)) {
                consumer.commitSync(Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(0)));
            }
        }

        private static KafkaConsumer<byte[], byte[]> consumer(Map<String, Object> settings, String topic) {
            settings.put("enable.auto.commit", "false");
            var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            return consumer;
        }
    }
}
