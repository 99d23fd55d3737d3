// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore
import TrustPolicy

/// Who vouched for packages, for people and for programs.
struct VoucherReport {
    private let voucher: Voucher

    init(_ voucher: Voucher) { self.voucher = voucher }

    /// One object for `--json`.
    var json: JSONObject {
        var object = JSONObject()
        switch voucher {
        case .onlineKey(let role):
            object["kind"] = "online-key"
            object["role"] = .string(role)
        case .maintainers(let role, let threshold, let count):
            object["kind"] = "maintainers"
            object["role"] = .string(role)
            object["threshold"] = .number(JSONNumber(Int64(threshold)))
            object["keys"] = .number(JSONNumber(Int64(count)))
        }
        return object
    }

    /// The result of a check that found nothing wrong.
    static func verified(_ voucher: Voucher?) -> TerminalText {
        if case .maintainers? = voucher { return "verified: the package's maintainers vouch for these bytes" }
        return "verified: the channel's signed index vouches for these bytes"
    }

    /// A line for those that their maintainers signed, if any, and one for the others.
    static func lines(_ packages: [(name: String, voucher: Voucher?)]) -> [String] {
        var maintained: [String] = []
        var others = 0
        for (name, voucher) in packages {
            switch voucher {
            case .maintainers(_, let threshold, let count)?:
                maintained.append("\(name) (\(threshold) of \(count))")
            case .onlineKey?: others += 1
            case nil: break
            }
        }
        var lines: [String] = []
        if !maintained.isEmpty {
            lines.append("signed by their maintainers: \(maintained.joined(separator: ", "))")
        }
        if others > 0 { lines.append("by the channel's online key: \(others)") }
        return lines
    }
}
