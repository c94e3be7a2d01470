// KafkaFacts
