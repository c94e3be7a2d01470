private import CHeap

/// How the C library's heap goes about the memory of large answers.
enum HeapSettings {
    /// Memory that is freed is kept for the next answer.
    ///
    /// A scan frees a megabyte and asks for one, over and over. By default the library returns such pieces to the
    /// system, and each page is cleared and mapped anew: more work than to receive what goes into it.
    static func keepFreed() {
        sluice_heap_keep_freed(256 << 20, 32 << 20)
    }
}
