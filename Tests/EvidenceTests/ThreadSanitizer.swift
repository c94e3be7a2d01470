import Glibc
import Testing

extension Trait where Self == ConditionTrait {
    /// For tests whose threads contend for a `Mutex`.
    ///
    /// On Linux the slow path of its lock is in libswiftSynchronization, which is not instrumented: the thread
    /// sanitizer does not see that a contended lock orders anything, and reports what it guards as races. A program
    /// that does nothing but add under a `Mutex` shows it, with an exact sum.
    static var notUnderThreadSanitizer: ConditionTrait {
        .disabled("the thread sanitizer does not know contended Mutexes") { unsafe dlsym(nil, "__tsan_init") != nil }
    }
}
