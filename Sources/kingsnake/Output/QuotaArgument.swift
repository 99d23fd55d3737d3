// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ArgumentParser
import TrustCore

/// How much a channel may hold, on the command line: a number, perhaps with a unit, or a word.
struct QuotaArgument: ExpressibleByArgument {
    /// As the administration takes it.
    let json: JSONValue

    init?(argument: String) {
        switch argument {
        case "unlimited": json = "unlimited"
        case "default": json = .null
        default:
            let units: [(String, Int64)] = [
                ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40), ("kB", 1_000),
                ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
            ]
            let unit = units.first { argument.hasSuffix($0.0) }
            guard let number = Int64(argument.dropLast(unit?.0.utf8.count ?? 0)), number >= 0 else {
                return nil
            }
            let (product, overflow) = number.multipliedReportingOverflow(by: unit?.1 ?? 1)
            guard !overflow else { return nil }
            json = .number(JSONNumber(product))
        }
    }

    /// The number; nil for a word.
    var number: Int64? { json.integer }
}
