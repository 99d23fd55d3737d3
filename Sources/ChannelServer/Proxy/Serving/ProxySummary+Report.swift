// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

extension ProxySummary {
    /// In a few lines, for people.
    public var lines: [String] {
        var lines: [String] = []
        let parts = Evidence.allCases.compactMap { evidence -> String? in
            let count = count(evidence)
            return count > 0 ? "\(count) \(Self.words[evidence] ?? evidence.rawValue)" : nil
        }
        let what = admitted.count == 1 ? "1 package" : "\(admitted.count) packages"
        lines.append("passed on \(what)" + (parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")))
        let vouchers = Set(admitted.filter { $0.evidence == .attested }.compactMap(\.voucher)).sorted()
        for voucher in vouchers.prefix(10) { lines.append("  attested by \(voucher)") }
        for (channel, isStale) in channels.sorted(by: { $0.key < $1.key }) where isStale {
            let what = untaken[channel] == nil ? "did not answer" : "shows nothing newer that is good"
            lines.append("stale: `\(channel)` \(what); its last verified index was used")
        }
        lines.append(
            "served \(ByteCount(servedBytes)), of which \(ByteCount(fetchedBytes)) came from channels"
        )
        if let policy, let trouble = policy.trouble {
            lines.append("the policy cannot be read, and that of \(policy.since) stays in force: \(trouble)")
        }
        if failures > 0 {
            let what = failures == 1 ? "1 request" : "\(failures) requests"
            lines.append("\(what) could not be answered, the last because: \(lastFailure ?? "see the log")")
        }
        for (channel, refusal) in untaken.sorted(by: { $0.key < $1.key }) {
            lines.append("refused `\(refusal.subject)` of `\(channel)`: \(refusal.reason) [\(refusal.code)]")
        }
        for refusal in refused {
            lines.append("refused `\(refusal.subject)`: \(refusal.reason) [\(refusal.code)]")
        }
        return lines
    }

    private static let words: [Evidence: String] = [
        .attested: "attested by their publishers", .maintainers: "signed by their maintainers",
        .signed: "of a signed index", .observed: "only observed",
    ]

    /// The same for programs.
    public var json: JSONObject {
        var object = JSONObject()
        object["schema"] = 1
        object["began"] = .string("\(began)")
        object["requests"] = .number(JSONNumber(Int64(requests)))
        object["failures"] = .number(JSONNumber(Int64(failures)))
        object["served_bytes"] = .number(JSONNumber(Int64(clamping: servedBytes)))
        object["fetched_bytes"] = .number(JSONNumber(Int64(clamping: fetchedBytes)))
        object["policy"] = policy.map { .object($0.json) } ?? .null
        object["channels"] = .array(
            channels.sorted { $0.key < $1.key }.map { channel, isStale in
                var member = JSONObject()
                member["url"] = .string(channel)
                member["stale"] = .bool(isStale)
                member["code"] = untaken[channel].map { .string($0.code) } ?? .null
                member["why"] = untaken[channel].map { .string($0.reason) } ?? .null
                return .object(member)
            }
        )
        object["admitted"] = .array(
            admitted.map { package in
                var member = JSONObject()
                member["channel"] = .string(package.channel)
                member["package"] = .string(package.package)
                member["evidence"] = .string(package.evidence.rawValue)
                member["vouched_by"] = package.voucher.map { .string($0) } ?? .null
                member["size"] = .number(JSONNumber(Int64(clamping: package.size)))
                return .object(member)
            }
        )
        object["refused"] = .array(
            refused.map { refusal in
                var member = JSONObject()
                member["subject"] = .string(refusal.subject)
                member["code"] = .string(refusal.code)
                member["kind"] = .string(refusal.kind.rawValue)
                member["why"] = .string(refusal.reason)
                member["remedy"] = .string(refusal.remedy)
                return .object(member)
            }
        )
        return object
    }
}
