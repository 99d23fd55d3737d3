// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser

/// A length of time on the command line: a number and a unit, such as `90s`, `12h`, `30d` or `1y`.
struct Lifetime: ExpressibleByArgument, CustomStringConvertible, Sendable {
    let seconds: Int64
    private let text: String

    init?(argument: String) {
        let units: [Character: Int64] = [
            "s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800, "y": 31_536_000,
        ]
        guard let unit = argument.last.flatMap({ units[$0] }), let count = Int64(argument.dropLast()),
            count > 0
        else { return nil }
        let (product, overflow) = count.multipliedReportingOverflow(by: unit)
        guard !overflow, product <= 100 * 31_536_000 else { return nil }
        seconds = product
        text = argument
    }

    init(days: Int64) {
        seconds = days * 86_400
        text = "\(days)d"
    }

    var description: String { text }
    var defaultValueDescription: String { text }
}
