// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import Dispatch
import Synchronization
import TrustCore

/// Compares what is at each claimed path with what was recorded, on several threads.
struct FileCheck: Sendable {
    /// What came out of it.
    struct Outcome: Sendable {
        var findings: [AuditFinding] = []
        var bytes: UInt64 = 0
    }

    private static let batch = 64
    private let root: PrefixFolder
    private let claims: [OwnedPaths.Claim]

    init(root: PrefixFolder, claims: OwnedPaths) {
        self.root = root
        self.claims = claims.claims
    }

    /// Checks every claim.
    func run(threads: Int) -> Outcome {
        let next = Mutex(0)
        let total = Mutex(Outcome())
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            var outcome = Outcome()
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: PrefixFolder.chunk, alignment: 64)
            defer { buffer.deallocate() }
            // One per thread: claims are sorted, so most folders are open already.
            let tree = PrefixTree(root)
            while true {
                let start = next.withLock { position in
                    defer { position += Self.batch }
                    return position
                }
                guard start < claims.count else { break }
                for claim in claims[start..<min(start + Self.batch, claims.count)] {
                    check(claim, tree, buffer, &outcome)
                }
            }
            total.withLock { total in
                total.findings += outcome.findings
                total.bytes += outcome.bytes
            }
        }
        return total.withLock { $0 }
    }

    private func check(
        _ claim: OwnedPaths.Claim,
        _ tree: PrefixTree,
        _ buffer: UnsafeMutableRawBufferPointer,
        _ outcome: inout Outcome
    ) {
        guard let seen = claim.seen else {
            outcome.findings.append(finding(.missing, claim))
            return
        }
        do {
            switch (claim.entry.kind, seen) {
            case (.directory, .folder): return
            case (.symbolicLink, .symbolicLink): try checkLink(claim, tree, buffer, &outcome)
            case (.directory, _), (.symbolicLink, _), (_, .folder), (_, .other):
                outcome.findings.append(changed(claim, seen))
            case (_, .symbolicLink):
                // Records without digests name links and files alike.
                let isNameOnly = claim.entry.sha256 == nil && claim.entry.sha256InPrefix == nil
                outcome.findings.append(isNameOnly ? finding(.unverifiable, claim) : changed(claim, seen))
            case (_, .file): try checkFile(claim, tree, buffer, &outcome)
            }
        } catch {
            // One file that cannot be read must not hide what is wrong with all the others.
            let reason = (error as? Failure)?.message ?? "\(error)"
            outcome.findings.append(finding(.unreadable, claim, found: reason))
        }
    }

    private func checkFile(
        _ claim: OwnedPaths.Claim,
        _ tree: PrefixTree,
        _ buffer: UnsafeMutableRawBufferPointer,
        _ outcome: inout Outcome
    ) throws {
        let entry = claim.entry
        let expected = entry.sha256InPrefix ?? (entry.placeholder == nil ? entry.sha256 : nil)
        guard let expected else {
            // conda records compiled files without digests: Python makes them anew as it likes.
            if entry.kind != .compiledPython { outcome.findings.append(finding(.unverifiable, claim)) }
            return
        }
        guard let parent = try tree.parent(of: entry.path),
            let (file, found) = try parent.openFileAndSize(String(entry.path.name))
        else {
            outcome.findings.append(finding(.missing, claim))
            return
        }
        // A file whose placeholder was replaced has another size than in the package.
        if entry.placeholder == nil, let size = entry.size, found != size {
            outcome.findings.append(
                finding(.altered, claim, expected: "\(size) bytes", found: "\(found) bytes")
            )
            return
        }
        let digest = try digest(file, found, buffer, &outcome)
        if digest != expected {
            outcome.findings.append(
                finding(.altered, claim, expected: expected.description, found: digest.description)
            )
        }
    }

    /// A link's digest is that of its target's text (rattler, and we), or of the file it leads to (conda).
    private func checkLink(
        _ claim: OwnedPaths.Claim,
        _ tree: PrefixTree,
        _ buffer: UnsafeMutableRawBufferPointer,
        _ outcome: inout Outcome
    ) throws {
        guard let parent = try tree.parent(of: claim.entry.path) else {
            outcome.findings.append(finding(.missing, claim))
            return
        }
        let target = try parent.linkTarget(String(claim.entry.path.name))
        let depth = claim.entry.path.components.count - 1
        guard let expected = claim.entry.sha256InPrefix ?? claim.entry.sha256 else {
            outcome.findings.append(finding(.unverifiable, claim))
            return
        }
        if Digest.of(Array(target.utf8)) == expected { return }
        if FileStager.staysInside(target, depth: depth) {
            let file = try resolved(target, from: claim.entry.path.parent, tree).flatMap(PrefixPath.init)
                .flatMap { try tree.parent(of: $0)?.openFileAndSize(String($0.name)) }
            let found = try file.map { try digest($0.file, $0.size, buffer, &outcome) } ?? Digest.of([])
            if found == expected { return }
        }
        outcome.findings.append(
            finding(.altered, claim, expected: expected.description, found: "a link to `\(target)`")
        )
    }

    /// The path that a link's target names, following further links; nil if it leads out or in circles.
    private func resolved(_ target: String, from folder: PrefixPath?, _ tree: PrefixTree) throws -> String? {
        var parts = folder?.components.map(String.init) ?? []
        var rest = PathParts.of(target).map(String.init)[...]
        var hops = 0
        while let part = rest.popFirst() {
            if part == "." { continue }
            if part == ".." {
                guard parts.popLast() != nil else { return nil }
                continue
            }
            parts.append(part)
            guard let path = PrefixPath(parts.joined(separator: "/")) else { return nil }
            guard let status = try tree.status(path) else { return nil }
            guard status.kind == .symbolicLink else { continue }
            hops += 1
            guard hops <= 40, let parent = try tree.parent(of: path) else { return nil }
            let next = try parent.linkTarget(part)
            guard !next.utf8.starts(with: "/".utf8) else { return nil }
            parts.removeLast()
            rest = (PathParts.of(next).map(String.init) + rest)[...]
        }
        return parts.joined(separator: "/")
    }

    /// The digest of a file; it is read to the size it had when it was opened, and to its end if it has
    /// grown.
    private func digest(
        _ file: OpenFile,
        _ size: UInt64,
        _ buffer: UnsafeMutableRawBufferPointer,
        _ outcome: inout Outcome
    ) throws -> Digest {
        var digest = StreamingDigest()
        while true {
            let count = try file.read(into: buffer)
            digest.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            // A short read at the known size is the end: no need to ask once more.
            if count == 0 || count < buffer.count && digest.byteCount == size { break }
        }
        outcome.bytes += digest.byteCount
        return digest.finish()
    }

    private func changed(_ claim: OwnedPaths.Claim, _ seen: FileStatus.Kind) -> AuditFinding {
        finding(.kindChanged, claim, expected: claim.entry.kind.rawValue, found: PrefixWalk.word(seen))
    }

    private func finding(
        _ code: AuditCode,
        _ claim: OwnedPaths.Claim,
        expected: String? = nil,
        found: String? = nil
    ) -> AuditFinding {
        // Where the record was altered along with the file, it is no accident.
        let code = code == .altered && claim.isMisrecorded ? .differsFromPackage : code
        return AuditFinding(
            code,
            claim.entry.path.text,
            package: claim.package,
            expected: expected,
            found: found
        )
    }
}
