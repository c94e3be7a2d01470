# Lag or end offsets by confluent-kafka's admin client: admin.py BOOTSTRAP TOPIC [GROUP].
import sys

from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

bootstrap, topic = sys.argv[1:3]
admin = AdminClient({"bootstrap.servers": bootstrap})
if len(sys.argv) > 3:
    group = sys.argv[3]
    commits = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group)])[group].result().topic_partitions
    committed = {(p.topic, p.partition): p.offset for p in commits}
else:
    partitions = admin.list_topics(topic).topics[topic].partitions
    committed = {(topic, partition): 0 for partition in partitions}
asked = {TopicPartition(topic, partition): OffsetSpec.latest() for topic, partition in committed}
for partition, ends in admin.list_offsets(asked).items():
    print(partition.topic, partition.partition, ends.result().offset - committed[(partition.topic, partition.partition)])
