// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// How target files are named on the server.
public enum TargetNaming: Sendable {
    /// As the specification says (6.2): with a digest in front if the repository has consistent snapshots.
    case byRepository
    /// By their path, always: what conda's fixed file names need.
    case fixed
}

extension TargetDescription {
    /// The file's name below the target URL, percent-encoded.
    public func fileName(isPrefixed: Bool) -> String {
        PercentEncoding.path(isPrefixed ? path.prefixed(by: file.hashes.digests[0]) : path.text)
    }
}
