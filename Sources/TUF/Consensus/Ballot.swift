// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import TrustCore

/// What the repositories of one mapping say about one path, and what follows from it. Does no input and
/// output.
struct Ballot {
    /// What one repository says.
    enum Answer {
        /// It promises a file.
        case vouches(TargetDescription)
        /// It says, verified, that there is no such file.
        case absent
        /// Its metadata is bad, or could not be had: it may say anything.
        case undetermined(any Error)
    }

    /// What the mapping decides.
    enum Outcome {
        /// Enough repositories promise the same file.
        case agreed(ConsensusTarget)
        /// Somebody promises the file, but too few do, whatever the undetermined ones might say.
        case tooFew(Refusal)
        /// Nobody promises the file, or only undetermined ones might, and they are too few.
        case absent
    }

    let path: TargetPath
    let threshold: Int
    let answers: [(repository: RepositoryName, answer: Answer)]

    /// Decides.
    ///
    /// - Throws: `consensus.disagreement`; or, if it depends on a repository that is undetermined, why it is,
    ///   a refusal before a failure.
    func count() throws -> Outcome {
        let vouching = self.vouching
        try checkForConflicts(vouching)
        let best = largestGroup(of: vouching)
        if best.count >= threshold {
            return .agreed(ConsensusTarget(vouching: best, undetermined: undetermined))
        }
        // Going on to the next mapping here would let whoever can block or spoil one repository choose
        // another for it.
        if best.count + undetermined.count >= threshold, let error = reason { throw error }
        guard !vouching.isEmpty else { return .absent }
        let names = best.map { "`\($0.repository)`" }.joined(separator: ", ")
        return .tooFew(
            Refusal(
                ConsensusCode.tooFew,
                path.text,
                expected: "the same promise by \(threshold) of \(answers.count) repositories",
                found: "\(best.count): \(names)"
            )
        )
    }

    private var vouching: [ConsensusTarget.Voucher] {
        answers.compactMap { repository, answer in
            guard case .vouches(let target) = answer else { return nil }
            return ConsensusTarget.Voucher(repository: repository, target: target)
        }
    }

    private var undetermined: [ConsensusTarget.Undetermined] {
        answers.compactMap { repository, answer in
            guard case .undetermined(let error) = answer else { return nil }
            return ConsensusTarget.Undetermined(repository: repository, error: error)
        }
    }

    private var reason: (any Error)? {
        let errors = undetermined.map(\.error)
        return errors.first { $0 is Refusal } ?? errors.first
    }

    /// Two promises of different lengths, or different digests by one function, cannot both be right.
    private func checkForConflicts(_ vouching: [ConsensusTarget.Voucher]) throws {
        for (index, first) in vouching.enumerated() {
            for second in vouching[(index + 1)...] where first.target.file.conflicts(with: second.target.file)
            {
                throw Refusal(
                    ConsensusCode.disagreement,
                    path.text,
                    expected: "\(first.promise)",
                    found: "\(second.promise)"
                )
            }
        }
    }

    /// The most repositories that have one digest in common. None of them conflict.
    private func largestGroup(of vouching: [ConsensusTarget.Voucher]) -> [ConsensusTarget.Voucher] {
        var best: [ConsensusTarget.Voucher] = []
        for digest in vouching.flatMap(\.target.file.hashes.digests) {
            let group = vouching.filter { $0.target.file.hashes.digests.contains(digest) }
            if group.count > best.count { best = group }
        }
        return best
    }
}

extension TargetFile {
    /// Whether no bytes can be what both promise.
    fileprivate func conflicts(with other: TargetFile) -> Bool {
        length != other.length
            || hashes.digests.contains { mine in
                other.hashes.digest(by: mine.algorithm).map { $0 != mine } ?? false
            }
    }
}

extension ConsensusTarget.Voucher {
    fileprivate var promise: String {
        let digests = target.file.hashes.digests.map { "\($0)" }.joined(separator: ", ")
        return "`\(repository)`: \(target.file.length) bytes, \(digests)"
    }
}
