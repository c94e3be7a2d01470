extension KafkaCluster {
    /// The same cluster over connections of its own.
    ///
    /// A broker answers one request of a connection after the other: whoever reads a lot asks over several. What is
    /// known of the cluster is read anew, but for its identity: an address may lead elsewhere by now, as an alias does in
    /// the middle of a cutover. The caller closes it.
    package func lane() -> KafkaCluster {
        KafkaCluster(
            bootstrap: bootstrap, connector: connector, reactor: reactor, ledger: ledger,
            requestTimeout: requestTimeout, peer: self)
    }
}
