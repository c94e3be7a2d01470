import Testing

@testable import EmbeddedKafka

/// The expected positions are those that MirrorMaker's own class gave for the same syncs (Kafka 4.3.1).
@Suite struct OffsetSyncStoreTests {
    @Test("Many syncs are kept near the end and few further back; a translation is never ahead")
    func thinning() {
        let store = Self.store(of: [
            (0, 0), (19, 9), (71, 25), (105, 53), (146, 107), (180, 155), (195, 210), (223, 240), (246, 299),
            (261, 331), (270, 338), (276, 364), (318, 393), (336, 402), (338, 417), (393, 447), (422, 479),
            (479, 535), (539, 544), (574, 554), (607, 567), (650, 571), (685, 599), (722, 620), (767, 655),
            (797, 674),
        ])
        let expected: [(Int64, Int64?)] = [
            (0, 0), (33, 1), (198, 1), (396, 1), (429, 480), (627, 480), (660, 572), (693, 572), (726, 621),
            (759, 621), (792, 656), (797, 674), (825, 675),
        ]
        for (offset, position) in expected { #expect(store.translate(offset) == position, "\(offset)") }
    }

    @Test("A source that is read again from further back makes what was known before it worthless")
    func rewound() {
        let store = Self.store(of: [
            (0, 0), (388, 593), (463, 818), (1070, 924), (1625, 1616), (1848, 2238), (2180, 2242), (2828, 2303),
            (3157, 2794), (3636, 2910), (3754, 3228), (4363, 3494), (1372, 3651), (1734, 4054), (2015, 4302),
            (2431, 4423), (2721, 5116), (3379, 5546), (3987, 6077), (4034, 6521), (4404, 6955), (5089, 7307),
            (5660, 7565), (5702, 7964), (6255, 8607), (6409, 9203),
        ])
        let expected: [(Int64, Int64?)] = [
            (0, nil), (1335, nil), (1602, 3652), (5073, 3652), (5340, 7308), (5607, 7308), (5874, 7965), (6141, 7965),
            (6408, 8608), (6409, 9203), (6675, 9204),
        ]
        for (offset, position) in expected { #expect(store.translate(offset) == position, "\(offset)") }
    }

    @Test func `Without a sync there is no translation`() {
        #expect(OffsetSyncStore().translate(0) == nil)
    }

    private static func store(of syncs: [(Int64, Int64)]) -> OffsetSyncStore {
        var store = OffsetSyncStore()
        for (source, target) in syncs { store.add(.init(source: source, target: target)) }
        return store
    }
}
