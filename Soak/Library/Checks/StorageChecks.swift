// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// What lies in a server's folder, when no server runs and what nothing refers to has been swept away.
public struct StoredFiles: Sendable {
    /// Digests of the blobs that are there.
    public var blobs: Set<String> = []
    /// Digests of those whose bytes have another one.
    public var altered: Set<String> = []
    /// Digests that the database refers to.
    public var referred: Set<String> = []
    /// Names of files that were being written.
    public var staged: [String] = []
    /// Rows of files.
    public var rows: [HostedName: String] = [:]

    /// Nothing.
    public init() {}
}

/// Checks of what is stored, and of how the server bears what it is sent.
public enum StorageChecks {
    /// What is stored is what was accepted, and all of it.
    public static func nothingElse(_ stored: StoredFiles, _ expected: FileExpectations) -> [Finding] {
        var findings: [Finding] = []
        func find(_ subject: String, _ what: String) {
            findings.append(Finding(.nothingElseStored, subject, what))
        }
        for blob in stored.blobs.subtracting(stored.referred).sorted() { find(blob, "nothing refers to it") }
        for blob in stored.altered.sorted() { find(blob, "its bytes have another digest") }
        for name in stored.staged.sorted() { find(name, "was left by a server that is gone") }
        for blob in stored.referred.subtracting(stored.blobs).sorted() {
            findings.append(
                Finding(.indexedFilesAreThere, blob, "the database refers to it, and it is not there")
            )
        }
        for (name, sha256) in stored.rows.sorted(by: { $0.key < $1.key })
        where !expected[name].contents.contains(sha256) {
            find(name.description, "has a row with \(sha256), and was not accepted with it")
        }
        for (name, file) in expected.files.sorted(by: { $0.key < $1.key })
        where !file.accepted.isEmpty && stored.rows[name] == nil {
            findings.append(Finding(.uploadsSurvive, name.description, "accepted, and there is no row"))
        }
        return findings
    }

    /// Memory stays below a bound.
    public static func memory(_ samples: [Int], bound: Int) -> [Finding] {
        guard let highest = samples.max(), highest > bound else { return [] }
        let what = "\(highest >> 20) MiB of memory, of at most \(bound >> 20)"
        return [Finding(.staysUp, "the server", what)]
    }

    /// What a hostile request may be answered with: anything that says no.
    public static func refused(_ what: String, _ fate: Fate) -> Finding? {
        switch fate {
        case .answered(let status) where (200..<300).contains(status):
            Finding(.staysUp, what, "was answered with \(status)")
        case .answered(let status) where status >= 500:
            Finding(.staysUp, what, "made the server fail with \(status)")
        default: nil
        }
    }
}
