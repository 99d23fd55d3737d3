// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import CondaFormats
import ContentTrust
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
    ///   - progress: is told how many more bytes of records were looked at.
    /// - Throws: a `Refusal` if the metadata are bad, or an index is none; what is wrong with a record is a finding.
    public func run(
        root: [UInt8],
        subdirs: [Subdir],
        progress: (Int) -> Void = { _ in }
    ) async throws -> ContentTrustReport {
        var chain = try TrustChain(pinned: root)
        for _ in 0..<TrustChain.maximumRotations {
            let next = chain.root.version + 1
            guard let bytes = try await source.metadata(TrustRole.root.fileName(version: next)) else { break }
            try chain.append(bytes)
        }
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
            report.subdirs.append(try await check(subdir, by: authority, progress))
        }
        return report
    }

    private func check(
        _ subdir: Subdir,
        by authority: RecordAuthority,
        _ progress: (Int) -> Void
    ) async throws -> ContentTrustSubdir {
        let index = try await index(of: subdir)
        let table = try RecordSignatureTable(index.signatures ?? Self.noSignatures, of: index.subject)
        let verifier = RecordVerifier(authority) { try table[$0] }
        var report = ContentTrustSubdir(subdir)
        let records = index.fileNames.lazy.map {
            RecordText(fileName: $0, text: index.recordText(fileName: $0) ?? [])
        }
        try await verifier.verify(records) { record, result in
            report.recordCount += 1
            progress(record.text.count)
            do throws(Refusal) {
                _ = try result.get()
                try Self.checkPlace(record.fileName, in: index, subdir)
                report.goodCount += 1
            } catch {
                report.add(.init(fileName: record.fileName, fault: .refused(error)), keeping: limit)
            }
        }
        try await compare(index, table, &report)
        return report
    }

    /// Nothing that is signed says where the record is listed: whoever serves the index could list it elsewhere.
    private static func checkPlace(_ fileName: String, in index: RepodataIndex, _ subdir: Subdir)
        throws(Refusal)
    {
        let path = ChannelLayout.file(fileName, in: subdir)
        do {
            guard let record = try index.record(fileName: fileName) else { return }
            guard record.raw["subdir"] != nil else {
                throw Refusal(RepodataCode.recordSubdir, path, expected: "`\(subdir)`", found: "none")
            }
            guard record.sha256 != nil else { throw Refusal(ChannelCode.recordWithoutDigest, path) }
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            throw Refusal(RepodataCode.recordName, path, found: "\(error)")
        }
    }

    /// The other index files say the same as `repodata.json`: the compressed one all of it, the one with current
    /// records some of its records, with their signatures.
    private func compare(
        _ index: RepodataIndex,
        _ table: RecordSignatureTable,
        _ report: inout ContentTrustSubdir
    ) async throws {
        let subdir = report.subdir
        if let bytes = try await source.index(ChannelLayout.compressedIndex, of: subdir) {
            let path = ChannelLayout.file(ChannelLayout.compressedIndex, in: subdir)
            let text = try Zstd.decompress(bytes, maximumLength: SignedChannel.indexLimit, of: path)
            guard text == index.text else {
                throw Refusal(ChannelCode.indexesDisagree, path, expected: "repodata.json, compressed")
            }
            report.compared.append(ChannelLayout.compressedIndex)
        }
        guard let bytes = try await source.index(ChannelLayout.currentIndex, of: subdir) else { return }
        let path = ChannelLayout.file(ChannelLayout.currentIndex, in: subdir)
        let current = try RepodataIndex(bytes, of: path, subdir: subdir)
        let currentTable = try RecordSignatureTable(current.signatures ?? Self.noSignatures, of: path)
        for name in current.fileNames {
            let isSame = current.recordText(fileName: name).map { text in
                index.recordText(fileName: name).map { Self.isSame(text, $0) } ?? false
            }
            guard isSame ?? false, try currentTable[name] == table[name] else {
                throw Refusal(
                    ChannelCode.indexesDisagree,
                    path,
                    at: name,
                    expected: "the same record and signatures in repodata.json",
                    found: "others, or none"
                )
            }
        }
        report.compared.append(ChannelLayout.currentIndex)
    }

    private static func isSame(_ a: ArraySlice<UInt8>, _ b: ArraySlice<UInt8>) -> Bool {
        if a == b { return true }
        let values = [a, b].map { try? JSONReader.read(Array($0), of: "record") }
        return values[0] != nil && values[0] == values[1]
    }

    private static let noSignatures = Array("{}".utf8)[...]

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
        progress: (Int) -> Void = { _ in }
    ) async throws -> ContentTrustReport {
        var report = ContentTrustReport()
        let model = try await client.model(root: root, now: now) { try await source.metadata($0) }
        report.rootVersion = model.rootVersion
        report.rootMessage = model.rootMessage
        for subdir in subdirs {
            let index = try await index(of: subdir)
            report.subdirs.append(try await ask(model, of: index, subdir, progress))
        }
        return report
    }

    private func ask(
        _ model: ContentTrustClient.Model,
        of index: RepodataIndex,
        _ subdir: Subdir,
        _ progress: (Int) -> Void
    ) async throws -> ContentTrustSubdir {
        var report = ContentTrustSubdir(subdir)
        let context = ContentTrustClient.Context(
            channel: source.name,
            index: index,
            signatures: try index.signatures.map { try Self.signatures($0, index.subject) }
        )
        let names = index.fileNames
        for start in stride(from: 0, to: names.count, by: Self.batch) {
            let verdicts = await Self.verdicts(
                names[start..<min(start + Self.batch, names.count)],
                model,
                context
            )
            for (name, verdict) in verdicts {
                report.recordCount += 1
                progress(index.recordText(fileName: name)?.count ?? 0)
                if verdict.outcome == .trusted {
                    report.goodCount += 1
                } else {
                    report.add(.init(fileName: name, fault: .client(verdict)), keeping: limit)
                }
            }
            try Task.checkCancellation()
        }
        return report
    }

    private static let batch = 4096
    private static let chunk = 256

    private static func verdicts(
        _ names: ArraySlice<String>,
        _ model: ContentTrustClient.Model,
        _ context: ContentTrustClient.Context
    ) async -> [(String, ClientVerdict)] {
        await withTaskGroup(of: (Int, [(String, ClientVerdict)]).self) { group in
            for start in stride(from: names.startIndex, to: names.endIndex, by: chunk) {
                let part = names[start..<min(start + chunk, names.endIndex)]
                group.addTask { (start, part.map { ($0, model.verdict(on: $0, context)) }) }
            }
            var parts: [(Int, [(String, ClientVerdict)])] = []
            for await part in group { parts.append(part) }
            return parts.sorted { $0.0 < $1.0 }.flatMap(\.1)
        }
    }

    private static func signatures(_ text: ArraySlice<UInt8>, _ subject: String) throws -> JSONObject {
        let limits = JSONLimits(bytes: RecordSignatureTable.maximumLength, depth: 8, values: 100_000_000)
        return try JSONReader.read(Array(text), of: "\(subject) `signatures`", limits: limits).object
            ?? JSONObject()
    }

    private func index(of subdir: Subdir) async throws -> RepodataIndex {
        let path = ChannelLayout.file(ChannelLayout.plainIndex, in: subdir)
        guard let bytes = try await source.index(ChannelLayout.plainIndex, of: subdir) else {
            throw Failure(.configuration, "the channel has no such index", at: "\(source.name)/\(path)")
        }
        return try RepodataIndex(bytes, of: path, subdir: subdir)
    }

    /// Those of some subdirs that the channel has an index of.
    public func indexed(of subdirs: [Subdir]) async throws -> [Subdir] {
        var found: [Subdir] = []
        for subdir in subdirs where try await source.index(ChannelLayout.plainIndex, of: subdir) != nil {
            found.append(subdir)
        }
        return found
    }
}
