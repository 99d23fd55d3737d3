// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Gatekeeper
import TUF
import TrustCore

/// What maintainers who must sign a file say of it.
struct MaintainersWord {
    let role: DelegatedRole
    /// What they promise; nil if nothing.
    let target: TargetFile?

    /// Whether they vouch for these bytes, as clients compare them: by SHA-256 and length.
    func vouches(sha256: Digest?, size: UInt64?) -> Bool {
        guard let target, let sha256, target.hashes.digest(by: .sha256) == sha256 else { return false }
        return size.map { $0 == target.length } ?? true
    }

    /// What they promise, in words; nil if nothing.
    var promised: String? {
        target.map {
            Self.words($0.hashes.digest(by: .sha256)?.description ?? "no SHA-256", $0.length)
                + " in their list"
        }
    }

    /// Refuses (`channel.maintainers-unsigned`) a file that they do not vouch for, or with other bytes.
    func check(_ file: ChannelFile, sha256: Digest?, size: UInt64?) throws {
        guard !vouches(sha256: sha256, size: size) else { return }
        throw Refusal(
            ChannelCode.maintainersUnsigned,
            file.description,
            expected: Self.words(sha256?.description ?? "a SHA-256", size)
                + ", signed by \(role.keys.threshold) of \(role.keys.keyIDs.count) keys of role `\(role.name)`",
            found: promised ?? "nothing about it in their list"
        )
    }

    /// A digest and a length, if that is known.
    static func words(_ digest: String, _ size: UInt64?) -> String {
        size.map { "\(digest), \($0) bytes" } ?? digest
    }
}
