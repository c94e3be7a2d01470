package import Transport

/// What every question carries along: until when an answer is of use, whose account it goes on, and how its waits pass.
package struct CallContext: Sendable {
    package var deadline: Deadline
    package let meter: UsageMeter
    package let time: Passage

    package init(deadline: Deadline, meter: UsageMeter = UsageMeter(), time: Passage = .real) {
        self.deadline = deadline
        self.meter = meter
        self.time = time
    }
}
