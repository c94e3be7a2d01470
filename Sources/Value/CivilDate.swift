/// A day of the Gregorian calendar, which also holds for the time before there was one.
package struct CivilDate: Hashable, Sendable {
    package let year: Int64
    /// From 1.
    package let month: Int64
    /// From 1.
    package let day: Int64

    /// The days of an era of 400 years, after which the calendar repeats itself.
    private static let era: Int64 = 146_097
    /// From the first day of the year 0, which begins in March, to 1970-01-01.
    private static let epoch: Int64 = 719_468

    package init(year: Int64, month: Int64, day: Int64) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// The date of a day that is counted from 1970-01-01.
    ///
    /// Years are counted from March here, so that a leap day is the last of its year.
    package init(daysSince1970 days: Int64) {
        let shifted = days + Self.epoch
        let dayOfEra = shifted.floorMod(Self.era)
        let era = (shifted - dayOfEra) / Self.era
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Counted from 1970-01-01; a date that is in no calendar comes out as one near it.
    package var daysSince1970: Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let yearOfEra = marchYear.floorMod(400)
        let era = (marchYear - yearOfEra) / 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * Self.era + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - Self.epoch
    }
}

extension Int64 {
    /// The rest of a division that rounds down: never negative for a positive divisor.
    package func floorMod(_ divisor: Int64) -> Int64 {
        let rest = self % divisor
        return rest < 0 ? rest + divisor : rest
    }
}
