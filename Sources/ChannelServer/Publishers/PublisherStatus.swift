// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
public import Sigstore
public import TrustCore
public import TrustPolicy

/// What a channel's owner demands of publishers, and which of the channel's files clients refuse by it now.
///
/// Reads the channel's folder, verified from the root down; no key is needed.
public struct PublisherStatus: Sendable {
    /// The policy in force.
    public let policy: PublisherPolicy
    /// What it makes of the files that the channel lists.
    public let trial: PublisherTrial

    /// Tries a policy in force on the channel's files.
    ///
    /// - Throws: what ``PublisherTrial/init(of:inChannelAt:verifier:)`` throws.
    public init(_ policy: PublisherPolicy, inChannelAt directory: String, verifier: BundleVerifier) throws {
        self.policy = policy
        trial = try PublisherTrial(of: policy, inChannelAt: directory, verifier: verifier)
    }

    /// How many entries demand attestations of every file.
    public var unconditionalCount: Int { policy.entries.count { $0.exemption == .none } }

    /// Since when the index must list a file so that an attestation is demanded of it, the earliest first, and how
    /// many entries say so.
    public var requiredSince: [(moment: Timestamp, count: Int)] {
        var counts: [Timestamp: Int] = [:]
        for case .listed(let moment) in policy.entries.map(\.exemption) { counts[moment, default: 0] += 1 }
        return counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// How many entries except files by their digests, and how many files they except.
    public var exceptions: (count: Int, files: Int) {
        var found = (count: 0, files: 0)
        for case .digests(let digests) in policy.entries.map(\.exemption) {
            found.count += 1
            found.files += digests.count
        }
        return found
    }

    /// One object for `--json`.
    public var json: JSONObject {
        var object = JSONObject()
        object["channel"] = .string(policy.channel.description)
        object["rules"] = .number(JSONNumber(Int64(policy.entries.count)))
        object["unconditional"] = .number(JSONNumber(Int64(unconditionalCount)))
        object["required_since"] = .array(
            requiredSince.map { moment, count in
                ["moment": .string(moment.description), "rules": .number(JSONNumber(Int64(count)))]
            }
        )
        object["excepted_files"] = .number(JSONNumber(Int64(exceptions.files)))
        object["judged"] = .number(JSONNumber(Int64(trial.judgedCount)))
        object["refused"] = .array(trial.refused.map { .object($0.json) })
        return object
    }
}
