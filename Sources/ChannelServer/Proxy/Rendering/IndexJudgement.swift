// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import ContentTrust
internal import Gatekeeper
internal import TrustCore
internal import TrustPolicy

/// Finds out which files of an index may not be listed: those that the policy refuses, and those whose record is not
/// as it should be, since no client gets such a package.
struct IndexJudgement: Sendable {
    /// The rule that malformed records break.
    static let formRule = "well-formed-record"
    /// The name of the list of packages of which nothing is hidden.
    static let cleanName = "clean"

    let text: IndexText
    let judge: any ListingJudge
    /// The moment that it is made for.
    let now: Timestamp

    /// Of which packages files may be hidden; nil if every file has to be looked at.
    private let reach: NameReach?

    init(text: IndexText, judge: any ListingJudge, now: Timestamp) {
        self.text = text
        self.judge = judge
        self.now = now
        reach = judge.nameReach(into: text.channel.identity)
    }

    /// Whether a package of which nothing changed comes out as before, and it saves something to know that.
    private var isLasting: Bool { !judge.dependsOnTime && !judge.needsFirstSeen && reach == nil }

    /// Judges all records of which something may be hidden, and writes what is, and of which packages nothing is, into a folder.
    ///
    /// - Parameter known: digests of packages of which nothing was hidden in earlier texts, under the same policy.
    func make(_ index: RepodataFile, known: Set<Digest>, in folder: RenderingFolder) async throws
        -> HiddenFiles
    {
        let groups = PackageGroups(index, where: doubtful(in: index))
        var hidden = groups.unnamed.map { position, refusal in
            (position: position, text: HiddenFiles.text([Self.finding(refusal)]))
        }
        var clean: [UInt8] = []
        let salt = RenderingPlace.digest([
            RenderingPlace.version, text.channel.identity, text.subdir.text, judge.fingerprint.hex,
            text.changed.fingerprint.hex,
        ])
        let work = OrderedWork<PackageGroups.Group, Judged> { groups in
            try groups.map { try judged($0, index, salt, known) }
        }
        try await work.run(groups.groups) { judged in
            for group in judged {
                hidden += group.hidden
                if group.hidden.isEmpty { clean += group.digest.bytes }
            }
        }
        hidden.sort { $0.position < $1.position }
        if isLasting {
            let draft = try folder.begin(Self.cleanName)
            try draft.write(clean)
            _ = try draft.finish()
        }
        let draft = try folder.begin(HiddenFiles.fileName)
        try HiddenFiles.write(hidden, of: index, to: draft)
        return try HiddenFiles(draft.finish())
    }

    /// Reads which packages of earlier texts nothing was hidden of.
    func known(in folders: [RenderingFolder]) throws -> Set<Digest> {
        guard isLasting, let folder = folders.first, let file = try folder.find(Self.cleanName) else {
            return []
        }
        let (bytes, width) = (try file.read(0..<Int(file.length)), DigestAlgorithm.sha256.byteCount)
        return Set(
            stride(from: 0, to: bytes.count - width + 1, by: width)
                .compactMap { Digest(.sha256, bytes: bytes[$0..<$0 + width]) }
        )
    }

    /// Says which records have to be read: all, or those of packages that the judge may hide something of, those that are not
    /// known to be well-formed, and those of changed files.
    private func doubtful(in index: RepodataFile) -> (Int) -> Bool {
        guard let reach else { return { _ in true } }
        let changed = Set(text.changed.files.compactMap { index.position(of: $0.text.utf8) })
        // The records of a package stand together.
        var last: ArraySlice<UInt8> = []
        var isReached = false
        return { position in
            guard index.isPlain(at: position), !changed.contains(position) else { return true }
            let name = index.packageNameBytes(at: position)
            if name != last {
                last = name
                let package = try? PackageName(String(decoding: name, as: UTF8.self))
                isReached = package.map { reach.part(of: $0) != .nothing } ?? true
            }
            return isReached
        }
    }

    private struct Judged: Sendable {
        let digest: Digest
        var hidden: [(position: Int, text: [UInt8])] = []
    }

    private func judged(
        _ group: PackageGroups.Group,
        _ index: RepodataFile,
        _ salt: Digest,
        _ known: Set<Digest>
    ) throws -> Judged {
        let records = try index.records(at: group.positions, withSignatures: false)
        var judged = Judged(digest: group.digest(of: records, salt: salt))
        guard !known.contains(judged.digest) else { return judged }
        for stored in records {
            let findings = findings(on: stored, of: group.name, index)
            if !findings.isEmpty { judged.hidden.append((stored.position, HiddenFiles.text(findings))) }
        }
        return judged
    }

    private func findings(on stored: StoredRecord, of name: PackageName, _ index: RepodataFile) -> [Finding] {
        do {
            let facts = try stored.facts(in: index) ?? Self.readFacts(of: stored, index)
            let file = try listed(stored.fileName, name, facts)
            let changed =
                text.changed.isEmpty ? nil : try text.changed.finding(on: ArchiveFileName(stored.fileName))
            return [changed].compactMap(\.self) + judge.findings(on: file, now: now)
        } catch let refusal as Refusal {
            return [Self.finding(refusal)]
        } catch {
            return [Finding(Self.formRule, .refused, "the record cannot be read")]
        }
    }

    /// What a record says that is not known to be plain, if it is as it should be.
    private static func readFacts(of stored: StoredRecord, _ index: RepodataFile) throws -> PlainRecordFacts {
        let record = try stored.read(in: index)
        try record.checkShardForm()
        return PlainRecordFacts(record)
    }

    private func listed(_ fileName: String, _ name: PackageName, _ facts: PlainRecordFacts) throws
        -> TrustPolicy.ListedFile
    {
        // NAME-VERSION-BUILD, and neither of the last two has a hyphen.
        let version = fileName.utf8.dropFirst(name.raw.utf8.count + 1).prefix { $0 != UInt8(ascii: "-") }
        var file = TrustPolicy.ListedFile(
            channel: text.channel.identity,
            subdir: text.subdir.text,
            fileName: fileName,
            name: name.normalized,
            version: String(decoding: version, as: UTF8.self)
        )
        file.sha256 = facts.sha256
        file.md5 = facts.md5
        file.size = facts.size
        file.indexed = text.isSigned ? facts.indexedAt : nil
        file.built = facts.builtAt
        if judge.needsFirstSeen {
            file.firstSeen = text.knownSince(try ArchiveFileName(fileName), facts.indexedAt ?? facts.builtAt)
        }
        return file
    }

    private static func finding(_ refusal: Refusal) -> Finding {
        Finding(formRule, .refused, "its record in the index is malformed: \(refusal)")
    }
}
