// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import DurableFiles
internal import SigningKeys
internal import TUF
internal import TrustCore

/// Looks at one hosted channel: its indexes against the files that were accepted, its signatures, its online keys.
struct HostedChannelCheck: Sendable {
    let channel: HostedChannel
    let keys: ChannelKeys
    let database: any ServerDatabase
    let blobs: any BlobStore
    let now: Timestamp

    /// What was found.
    struct Outcome: Sendable, Equatable {
        var findings: [Refusal] = []
        /// Subdirs whose index is to be made anew.
        var stale = 0

        static func == (a: Outcome, b: Outcome) -> Bool {
            a.stale == b.stale && a.findings.map(\.description) == b.findings.map(\.description)
        }
    }

    /// The longest index that is read, in bytes.
    private static let indexLimit = 2 << 30
    private static let rounds = 5

    /// Looks at it; again, where a running server published meanwhile.
    func run() async throws -> Outcome {
        var outcome = Outcome()
        for _ in 0..<Self.rounds {
            let before = try await mark()
            outcome = try await pass()
            if try await before == mark() { break }
        }
        outcome.findings += try checkKeys(isSigned: await isSigned())
        return outcome
    }

    /// Changes with each publication.
    private func mark() async throws -> [String] {
        let id = channel.id
        return try await database.read { transaction in
            let subdirs = try transaction.subdirs(of: id)
            let timestamp = try transaction.document(HostedRepository.timestampPath, in: .channel(id))
            return [timestamp?.blob.hex ?? "-"]
                + (try subdirs.map { "\(try transaction.indexRevision(of: $0, in: id))" })
                + (try transaction.staleSubdirs().filter { $0.channel == id }.map { "\($0.change)" })
        }
    }

    private func isSigned() async throws -> Bool {
        let id = channel.id
        return try await database.read {
            try $0.document(HostedRepository.firstRootPath, in: .channel(id)) != nil
        }
    }

    private func pass() async throws -> Outcome {
        let id = channel.id
        var outcome = Outcome()
        let (subdirs, stale) = try await database.read { transaction in
            (
                try transaction.subdirs(of: id),
                Set(try transaction.staleSubdirs().filter { $0.channel == id }.map(\.subdir))
            )
        }
        outcome.stale = stale.count
        for subdir in subdirs where !stale.contains(subdir) {
            do { outcome.findings += try await compare(subdir) } catch let refusal as Refusal {
                outcome.findings.append(refusal)
            }
        }
        do { outcome.findings += try await checkSignatures(subdirs.filter { !stale.contains($0) }) } catch let
            refusal as Refusal
        { outcome.findings.append(refusal.located(at: "channel `\(channel.name)`")) }
        return outcome
    }

    /// Compares `repodata.json` with the files that are listed.
    private func compare(_ subdir: Subdir) async throws -> [Refusal] {
        let id = channel.id, path = ChannelLayout.file("repodata.json", in: subdir)
        let (document, files) = try await database.read { transaction in
            (
                try transaction.document(path, in: .channel(id)),
                try transaction.files(in: subdir, of: id, [.listed])
            )
        }
        let subject = "\(channel.name)/\(path)"
        guard let document else {
            guard !files.isEmpty else { return [] }
            return [Refusal(ServerCode.indexDiffers, subject, expected: "an index", found: "none")]
        }
        let text = try await blobs.bytes(of: document.blob, maximumLength: Self.indexLimit)
        let index = try RepodataIndex(text, of: subject, subdir: subdir)
        var listed: [ByteKey: Digest?] = [:]
        for name in index.fileNames {
            listed.updateValue(try? index.record(fileName: name)?.sha256, forKey: ByteKey(name))
        }
        var findings: [Refusal] = []
        for file in files {
            let found = listed.removeValue(forKey: ByteKey(file.fileName.text))
            if let digest = found, digest == file.sha256 { continue }
            findings.append(
                Refusal(
                    ServerCode.indexDiffers,
                    "\(channel.name)/\(subdir)/\(file.fileName.text)",
                    at: path,
                    expected: file.sha256.description,
                    found: found.map { $0?.description ?? "a record without a digest" } ?? "no record"
                )
            )
        }
        for name in listed.keys.sorted() {
            findings.append(
                Refusal(
                    ServerCode.indexDiffers,
                    "\(channel.name)/\(subdir)/\(name.text)",
                    at: path,
                    expected: "no record: no such file is listed",
                    found: "one"
                )
            )
        }
        return findings
    }

    /// Follows the metadata from the first root down; their roles must vouch for what is served, and be in time.
    private func checkSignatures(_ subdirs: [Subdir]) async throws -> [Refusal] {
        let settings = try ChannelIndexSettings(channel.settings)
        let repository = try await HostedRepository(
            of: channel,
            lifetimes: settings.lifetimes,
            database: database,
            blobs: blobs
        )
        guard let repository else { return [] }
        var findings: [Refusal] = []
        let id = channel.id
        for subdir in repository.subdirs where subdirs.contains(subdir) {
            let files = try await database.read { try ChannelIndexer.files(of: subdir, id, $0) }
            guard !repository.vouches(for: files, in: subdir) else { continue }
            findings.append(
                Refusal(
                    ServerCode.indexDiffers,
                    "\(channel.name)/\(subdir)",
                    expected: "an index that its role vouches for",
                    found: "another one"
                )
            )
        }
        for role in repository.editor.status {
            guard let expires = role.expires, expires <= now else { continue }
            findings.append(
                Refusal(
                    TUFCode.expired,
                    "role `\(role.role)` of `\(channel.name)`",
                    expected: "an expiry after \(now)",
                    found: "\(expires)"
                )
            )
        }
        return findings
    }

    /// The online keys of a signed channel must be there, and be readable by their owner alone.
    private func checkKeys(isSigned: Bool) throws -> [Refusal] {
        let ring = keys.ring(of: channel.name)
        let files = try ring.files(of: .online)
        if isSigned, files.isEmpty {
            return [Refusal(ServerCode.keyMissing, "the online key of `\(channel.name)`", at: ring.directory)]
        }
        return try files.compactMap { path in
            do {
                if KeyRing.isReference(path) {
                    _ = try SignerReference(contentsOf: path)
                } else {
                    _ = try KeyFile.read(path)
                }
                return nil
            } catch let refusal as Refusal { return refusal }
        }
    }
}
