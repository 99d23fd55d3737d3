// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TUF
import TrustCore
public import TrustPolicy

extension CeremonyDraft {
    /// Says who may publish which packages, in place of what is signed; nil takes every demand away. The policy
    /// travels with the proposal.
    ///
    /// - Throws: a `policy-file.…` or `json.…` code for what no client would read.
    public mutating func setPublishers(_ policy: PublisherPolicy?) throws {
        guard let policy else { return removeFile(PublishersFile.path) }
        setFile(PublishersFile.path, to: try PublishersFile(policy).bytes)
    }
}

extension PublisherPolicyChange {
    /// What a proposal makes of the owner's policy, in words; nil if it stays as it is.
    ///
    /// What is in force is known by its digest only: a proposal holds the policy that it proposes, not the one
    /// before.
    public static func lines(in proposal: CeremonyProposal) throws -> [String]? {
        guard let targets = proposal.targets?.role else { return nil }
        let before = proposal.currentTargets?.role.targets[PublishersFile.path]
        let after = targets.targets[PublishersFile.path]
        guard before != after else { return nil }
        guard let after else { return ["nobody who publishes needs an attestation any more"] }
        guard let bytes = proposal.files[PublishersFile.path],
            Digest.of(bytes) == after.hashes.digest(by: .sha256)
        else {
            return [
                "who may publish is said by a policy that is not shown here: do not sign what you cannot read"
            ]
        }
        let policy = try PublishersFile(parsing: bytes).policy
        let head = before == nil ? "said for the first time" : "said anew, in place of what was signed before"
        return ["who may publish in `\(policy.channel)` is \(head)"]
            + PublisherPolicyChange(from: nil, to: policy).lines.dropFirst()
    }
}
