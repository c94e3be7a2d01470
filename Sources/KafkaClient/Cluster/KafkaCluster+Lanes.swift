extension KafkaCluster {
    /// The same cluster over connections of its own.
    ///
    /// A broker answers one request of a connection after the other: whoever reads a lot asks over several. What is
    /// known of the cluster is read anew, its identity included. The caller closes it.
    package func lane() -> KafkaCluster {
        KafkaCluster(
            bootstrap: bootstrap, connector: connector, reactor: reactor, ledger: ledger,
            requestTimeout: requestTimeout)
    }
}
