import KafkaClient
import Testing

@Suite("The progress of scans")
struct ScanProgressTests {
    @Test("scans that go on side by side are counted together, and those after them anew")
    func counting() {
        let counter = ScanCounter()
        let start = ContinuousClock.now
        #expect(counter.progress(at: start) == nil)
        counter.begin(offsets: 100, at: start)
        counter.begin(offsets: 300, at: start + .seconds(1))
        counter.add(offsets: 50, records: 40, bytes: 4000)
        let both = counter.progress(at: start + .seconds(4))
        #expect(both?.offsets == 400)
        #expect(both?.done == 50)
        #expect(both?.records == 40)
        #expect(both?.bytes == 4000)
        #expect(both?.elapsed == .seconds(4))
        counter.end()
        #expect(counter.progress(at: start) != nil)
        counter.end()
        #expect(counter.progress(at: start) == nil)
        counter.begin(offsets: 7, at: start + .seconds(9))
        #expect(counter.progress(at: start + .seconds(10))?.offsets == 7)
        #expect(counter.progress(at: start + .seconds(10))?.done == 0)
        #expect(counter.progress(at: start + .seconds(10))?.elapsed == .seconds(1))
    }

    @Test("no number overflows, none falls, and no more lies behind than there is")
    func bounds() {
        let counter = ScanCounter()
        counter.begin(offsets: .max, at: .now)
        counter.begin(offsets: .max, at: .now)
        counter.add(offsets: .max, records: .max, bytes: .max)
        counter.add(offsets: 5, records: 5, bytes: 5)
        counter.add(offsets: -5, records: -5, bytes: -5)
        let progress = counter.progress(at: .now)
        #expect(progress?.done == .max)
        #expect(progress?.records == .max)
        #expect(progress?.bytes == .max)
        counter.end()
        counter.end()
        counter.begin(offsets: 10, at: .now)
        counter.add(offsets: 50, records: 1, bytes: 1)
        #expect(counter.progress(at: .now)?.done == 10)
    }
}
