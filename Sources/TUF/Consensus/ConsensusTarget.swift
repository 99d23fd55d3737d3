// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What enough repositories promise about one file.
public struct ConsensusTarget: Sendable {
    /// One repository's promise.
    public struct Voucher: Sendable {
        /// The repository.
        public let repository: RepositoryName
        /// What it promises, and which of its roles does.
        public let target: TargetDescription
    }

    /// A repository of the mapping that was not needed and could not be asked.
    public struct Undetermined: Sendable {
        /// The repository.
        public let repository: RepositoryName
        /// Why: a `Refusal` if its metadata is bad, a `Failure` if it could not be had.
        public let error: any Error
    }

    /// The repositories that agree, in the order of the mapping; at least as many as its threshold.
    public let vouching: [Voucher]
    /// Those that may think otherwise. Worth a warning.
    public let undetermined: [Undetermined]

    /// Refuses bytes that any of the repositories that agree did not promise (`tuf.target-length`,
    /// `tuf.target-hash`).
    public func verify(_ bytes: [UInt8]) throws {
        for voucher in vouching { try voucher.target.verify(bytes) }
    }
}
