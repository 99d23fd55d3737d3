// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import ContentTrust
import Gatekeeper
public import TrustCore

/// A check of a channel's content trust from the root down to every record, with nothing but what the channel serves.
///
/// The chain of roots, the key manager's metadata and their expiry; then of every record that enough keys have signed
/// it in full, that it is of the file name and subdir it is listed under, and that it has a SHA-256. What content
/// trust does not cover is not found here: an old index, one that hides records, and the packages themselves.
public struct ContentTrustCheck: Sendable {
    private let source: ContentTrustSource
    private let now: Timestamp
    private let limit: Int

    /// Prepares a check.
    ///
    /// - Parameter limit: how many findings are kept of each subdir; all are counted.
    public init(_ source: ContentTrustSource, now: Timestamp, keeping limit: Int = .max) {
        self.source = source
        self.now = now
        self.limit = limit
    }

    /// The root that the channel shows first. That it is the right one nobody knows by that.
    ///
    /// - Throws: a `Refusal` with `content-trust.metadata-missing`.
    public func firstRoot() async throws -> [UInt8] { try await metadata("1.root.json") }

    /// Checks everything by our own rules.
    ///
    /// - Parameters:
    ///   - root: the root to start from.
    ///   - subdirs: where to look.
    ///   - skipsAbsent: whether subdirs without an index are passed over; one at least must have one.
    ///   - progress: is told how many more bytes of records were looked at.
    /// - Throws: a `Refusal` if the metadata are bad, or an index is none; what is wrong with a record is a finding.
    public func run(
        root: [UInt8],
        subdirs: [Subdir],
        skippingAbsent skipsAbsent: Bool = false,
        progress: (Int) -> Void = { _ in }
    ) async throws -> ContentTrustReport {
        var chain = try TrustChain(pinned: root)
        for _ in 0..<TrustChain.maximumRotations {
            let next = chain.root.version + 1
            guard let bytes = try await source.metadata(TrustRole.root.fileName(version: next)) else { break }
            try chain.append(bytes)
        }
        guard try await source.metadata(chain.fileBeyondNext) == nil else { throw chain.withoutNext }
        try chain.root.checkExpiry(now: now)
        let keyManager = try chain.keyManager(try await metadata("key_mgr.json"), now: now)
        var expires = min(chain.root.metadata.expiration, keyManager.metadata.expiration)
        if keyManager.metadata.recordForms.values.contains(.mamba) {
            let bytes = try await metadata("pkg_mgr.json")
            let packageManager = try chain.packageManager(bytes, by: keyManager, now: now)
            expires = min(expires, packageManager.metadata.expiration)
        }
        let authority = RecordAuthority(keyManager)
        var report = ContentTrustReport()
        report.rootVersion = chain.root.metadata.version
        report.expires = expires
        report.keys = (authority.forms.values.count { $0 == .full }, authority.delegation.threshold)
        for subdir in subdirs {
            guard let bytes = try await index(of: subdir, mayLack: skipsAbsent) else { continue }
            report.subdirs.append(try await check(bytes, of: subdir, by: authority, progress))
        }
        try checkAny(report)
        return report
    }

    private func check(
        _ bytes: StoredBytes,
        of subdir: Subdir,
        by authority: RecordAuthority,
        _ progress: (Int) -> Void
    ) async throws -> ContentTrustSubdir {
        let index = try Self.open(bytes, of: ChannelLayout.file(ChannelLayout.plainIndex, in: subdir), subdir)
        var report = ContentTrustSubdir(subdir)
        let work = OrderedWork<Int, Outcome> { positions in
            try index.records(at: positions).map { record in
                do throws(Refusal) {
                    try Self.verify(record, in: index, subdir, by: authority)
                    return Outcome(length: record.text.count)
                } catch {
                    return Outcome(length: record.text.count, finding: (record.fileName, error))
                }
            }
        }
        try await work.run(0..<index.count) { batch in
            for outcome in batch {
                report.recordCount += 1
                progress(outcome.length)
                if let (fileName, refusal) = outcome.finding {
                    report.add(.init(fileName: fileName, fault: .refused(refusal)), keeping: limit)
                } else {
                    report.goodCount += 1
                }
            }
        }
        try await compare(index, &report)
        try index.checkUnchanged()
        return report
    }

    /// What was found of one record.
    private struct Outcome: Sendable {
        let length: Int
        var finding: (fileName: String, Refusal)?
    }

    /// Opens an index of which every signature is well-formed, whosever it is.
    private static func open(_ source: StoredBytes, of path: String, _ subdir: Subdir) throws -> RepodataFile
    {
        try RepodataFile(source, of: path, subdir: subdir) { try RecordSignatures.check($1, of: $0) }
    }

    /// Demands that enough keys have signed a record, and that it is listed where it belongs: nothing that is signed
    /// says that, and whoever serves the index could list it elsewhere.
    private static func verify(
        _ stored: StoredRecord,
        in index: RepodataFile,
        _ subdir: Subdir,
        by authority: RecordAuthority
    ) throws(Refusal) {
        let path = ChannelLayout.file(stored.fileName, in: subdir)
        do {
            let text = RecordText(fileName: stored.fileName, text: stored.text, signatures: stored.signatures)
            _ = try text.verified(by: authority)
            let record = try stored.read(in: index)
            try RecordPlace.check(record, in: subdir)
            guard record.sha256 != nil else { throw Refusal(ChannelCode.recordWithoutDigest, path) }
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Refusal(RepodataCode.recordName, path, found: "\(error)")
        }
    }

    /// The other index files say the same as `repodata.json`: the compressed one all of it, the one with current
    /// records some of its records, with their signatures.
    private func compare(_ index: RepodataFile, _ report: inout ContentTrustSubdir) async throws {
        let subdir = report.subdir
        if let bytes = try await source.index(ChannelLayout.compressedIndex, of: subdir) {
            let path = ChannelLayout.file(ChannelLayout.compressedIndex, in: subdir)
            guard
                try Zstd.isCompressed(bytes, formOf: index.digest, length: index.source.length, of: path)
            else {
                throw Refusal(ChannelCode.indexesDisagree, path, expected: "repodata.json, compressed")
            }
            report.compared.append(ChannelLayout.compressedIndex)
        }
        guard let bytes = try await source.index(ChannelLayout.currentIndex, of: subdir) else { return }
        let path = ChannelLayout.file(ChannelLayout.currentIndex, in: subdir)
        let current = try Self.open(bytes, of: path, subdir)
        for start in stride(from: 0, to: current.count, by: Self.chunk) {
            for record in try current.records(at: Array(start..<min(start + Self.chunk, current.count))) {
                let position = index.position(of: record.fileName.utf8)
                guard let twin = try position.flatMap({ try index.records(at: [$0]).first }),
                    try Self.isSame(record, twin)
                else {
                    throw Refusal(
                        ChannelCode.indexesDisagree,
                        path,
                        at: record.fileName,
                        expected: "the same record and signatures in repodata.json",
                        found: "others, or none"
                    )
                }
            }
        }
        report.compared.append(ChannelLayout.currentIndex)
        guard let compressed = try await source.index(Self.compressedCurrentIndex, of: subdir) else { return }
        let compressedPath = ChannelLayout.file(Self.compressedCurrentIndex, in: subdir)
        guard
            try Zstd.isCompressed(
                compressed,
                formOf: current.digest,
                length: current.source.length,
                of: compressedPath
            )
        else {
            throw Refusal(
                ChannelCode.indexesDisagree,
                compressedPath,
                expected: "current_repodata.json, compressed"
            )
        }
        report.compared.append(Self.compressedCurrentIndex)
    }

    /// Made by some indexers, and signed with the plain one.
    private static let compressedCurrentIndex = ChannelLayout.currentIndex + ".zst"

    private static func isSame(_ a: StoredRecord, _ b: StoredRecord) throws -> Bool {
        let signatures = try [a, b].map { record in
            try record.signatures.map { try RecordSignatures.read($0, of: record.fileName) } ?? []
        }
        guard signatures[0] == signatures[1] else { return false }
        if a.text == b.text { return true }
        let values = [a, b].map { try? JSONReader.read(Array($0.text), of: "record") }
        return values[0] != nil && values[0] == values[1]
    }

    private func metadata(_ file: String) async throws -> [UInt8] {
        guard let bytes = try await source.metadata(file) else {
            throw Refusal(ContentTrustCode.metadataMissing, file, at: source.name)
        }
        return bytes
    }
}

// MARK: - Other clients

extension ContentTrustCheck {
    /// Says what a released client makes of the channel.
    ///
    /// - Throws: a `Refusal` if an index cannot be read.
    public func run(
        as client: ContentTrustClient,
        root: [UInt8],
        subdirs: [Subdir],
        skippingAbsent skipsAbsent: Bool = false,
        progress: (Int) -> Void = { _ in }
    ) async throws -> ContentTrustReport {
        var report = ContentTrustReport()
        let model = try await client.model(root: root, now: now) { try await source.metadata($0) }
        report.rootVersion = model.rootVersion
        report.rootMessage = model.rootMessage
        for subdir in subdirs {
            guard let bytes = try await index(of: subdir, mayLack: skipsAbsent) else { continue }
            let path = ChannelLayout.file(ChannelLayout.plainIndex, in: subdir)
            let index = try RepodataFile(bytes, of: path, subdir: subdir)
            report.subdirs.append(try await ask(model, of: index, subdir, progress))
        }
        try checkAny(report)
        return report
    }

    private func ask(
        _ model: ContentTrustClient.Model,
        of index: RepodataFile,
        _ subdir: Subdir,
        _ progress: (Int) -> Void
    ) async throws -> ContentTrustSubdir {
        var report = ContentTrustSubdir(subdir)
        let context = ContentTrustClient.Context(channel: source.name, index: index)
        let work = OrderedWork<Int, (length: Int, fileName: String, verdict: ClientVerdict)> { positions in
            try index.records(at: positions).map {
                ($0.text.count, $0.fileName, model.verdict(on: $0, context))
            }
        }
        try await work.run(0..<index.count) { batch in
            for item in batch {
                report.recordCount += 1
                progress(item.length)
                if item.verdict.outcome == .trusted {
                    report.goodCount += 1
                } else {
                    report.add(.init(fileName: item.fileName, fault: .client(item.verdict)), keeping: limit)
                }
            }
        }
        return report
    }

    private static let chunk = 256

    private func index(of subdir: Subdir, mayLack: Bool) async throws -> StoredBytes? {
        if let bytes = try await source.index(ChannelLayout.plainIndex, of: subdir) { return bytes }
        guard !mayLack else { return nil }
        let path = ChannelLayout.file(ChannelLayout.plainIndex, in: subdir)
        throw Failure(.configuration, "the channel has no such index", at: "\(source.name)/\(path)")
    }

    private func checkAny(_ report: ContentTrustReport) throws {
        guard report.subdirs.isEmpty else { return }
        throw Failure(.configuration, "the channel has no index", at: source.name)
    }
}
