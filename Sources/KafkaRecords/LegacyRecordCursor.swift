/// Goes over the records that a message of format 0 or 1 stands for: itself, or those it wraps.
///
/// Wrapped messages carry offsets of their own in format 0, and in format 1 their number, counted back from the
/// wrapper's offset.
package struct LegacyRecordCursor {
    private let wrapper: LegacyMessage
    /// The decompressed messages; nil where the message is plain, or has been handed out.
    private var inner: ArraySlice<UInt8>?
    private var isPlainPending: Bool
    private var position = 0
    private var leastOffset: Int64
    /// What to add to an inner message's offset.
    private var base: Int64 = 0

    /// `leastOffset`: where the log's previous batch ended.
    package init(
        _ message: LegacyMessage, atLeast leastOffset: Int64 = 0, using decompressor: Decompressor
    ) throws(RecordsError) {
        wrapper = message
        self.leastOffset = leastOffset
        isPlainPending = message.codec == .none
        guard !isPlainPending else { return }
        do throws(RecordsError) {
            guard let value = message.value else { throw RecordsError(.malformedWrapper) }
            let inner = try decompressor.decompress(message.bytes[value], codec: message.codec, magic: message.magic)
            let last = try Self.lastOffset(of: inner)
            self.inner = inner
            if message.magic == 1 {
                guard last >= 0, last <= message.offset else { throw RecordsError(.malformedWrapper) }
                base = message.offset - last
            }
        } catch {
            throw error.at(baseOffset: message.offset, position: message.position)
        }
    }

    /// The next record, or nil at the end; after an error, the same error again.
    package mutating func next() throws(RecordsError) -> RecordView? {
        if isPlainPending {
            isPlainPending = false
            return view(of: wrapper, offset: wrapper.offset)
        }
        guard let inner, position < inner.count else { return nil }
        do throws(RecordsError) {
            let size = try Self.size(at: position, of: inner)
            let message = try LegacyMessage(inner.dropFirst(position).prefix(size), position: position)
            guard message.magic == wrapper.magic, message.codec == .none else { throw RecordsError(.malformedWrapper) }
            let (offset, overflows) = base.addingReportingOverflow(message.offset)
            guard !overflows else { throw RecordsError(.overflow) }
            guard offset >= leastOffset, offset <= wrapper.offset else {
                throw RecordsError(.offsetOutOfOrder(offset, expectedAtLeast: leastOffset))
            }
            leastOffset = offset + 1  // not above the wrapper's offset, which is not the largest integer
            position += size
            return view(of: message, offset: offset)
        } catch {
            var error = error
            error.baseOffset = wrapper.offset
            error.position = wrapper.position
            throw error
        }
    }

    private func view(of message: LegacyMessage, offset: Int64) -> RecordView {
        // The leader stamps the wrapper and leaves what it wraps alone.
        let type = wrapper.timestampType
        var place = RecordView.Place()
        place.offset = offset
        place.timestamp = type == .logAppendTime ? wrapper.timestamp : message.timestamp
        if let key = message.key { (place.key, place.keyEnd) = (key.lowerBound, key.upperBound) }
        if let value = message.value { (place.value, place.valueEnd) = (value.lowerBound, value.upperBound) }
        (place.headers, place.headersEnd) = (message.bytes.startIndex, message.bytes.startIndex)
        return RecordView(
            batch: BatchTraits(magic: wrapper.magic, timestampType: type), bytes: message.bytes, place: place)
    }

    /// Walks over the sizes to the last message, on whose offset all others' depend.
    private static func lastOffset(of messages: ArraySlice<UInt8>) throws(RecordsError) -> Int64 {
        guard !messages.isEmpty else { throw RecordsError(.malformedWrapper) }
        var position = 0
        var offset: Int64 = 0
        while position < messages.count {
            let size = try size(at: position, of: messages)
            offset = BigEndian.load(from: messages, at: position)
            position += size
        }
        return offset
    }

    private static func size(at position: Int, of messages: ArraySlice<UInt8>) throws(RecordsError) -> Int {
        let available = messages.count - position
        let smallest = LegacyMessage.lengthOverhead + LegacyMessage.smallestSize
        guard available >= smallest else { throw RecordsError(.truncated(needed: smallest, available: available)) }
        let length = Int(BigEndian.load(Int32.self, from: messages, at: position + 8))
        guard length >= LegacyMessage.smallestSize else { throw RecordsError(.impossibleLength(length)) }
        let size = LegacyMessage.lengthOverhead + length
        guard size <= available else { throw RecordsError(.truncated(needed: size, available: available)) }
        return size
    }
}
