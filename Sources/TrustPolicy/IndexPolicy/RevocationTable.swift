// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore

/// Which of many revocations are about a file, found without trying each: whoever judges all files of a channel asks for
/// every file.
struct RevocationTable: Sendable, Equatable {
    let revocations: [Revocation]
    private var digests: [Digest: [Int]] = [:]
    private var names: [PackageName: [Int]] = [:]
    /// Those that name neither digests nor one package.
    private var others: [Int] = []

    init(_ revocations: [Revocation]) {
        self.revocations = revocations
        for (number, revocation) in revocations.enumerated() {
            if !revocation.digests.isEmpty {
                for digest in revocation.digests { digests[digest, default: []].append(number) }
            } else if let name = revocation.match?.exactName {
                names[name, default: []].append(number)
            } else {
                others.append(number)
            }
        }
    }

    /// The revocations whose conditions hold for a file, in the order they were written, each once.
    func fitting(_ file: ListedFile) -> [Revocation] {
        guard !revocations.isEmpty else { return [] }
        var numbers = Set(others)
        for digest in [file.sha256, file.md5] { numbers.formUnion(digest.flatMap { digests[$0] } ?? []) }
        if let name = file.packageName {
            numbers.formUnion(names[name] ?? [])
        } else {
            numbers.formUnion(names.values.joined())
        }
        return numbers.sorted().map { revocations[$0] }.filter { $0.fits(file) }
    }
}
