package import Transport

/// What every question carries along: until when an answer is of use, and whose account it goes on.
package struct CallContext: Sendable {
    package var deadline: Deadline
    package let meter: UsageMeter

    package init(deadline: Deadline, meter: UsageMeter = UsageMeter()) {
        self.deadline = deadline
        self.meter = meter
    }
}
