// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// What a log's entries say about files, and who published them.
struct LogLedger {
    /// What a file is known by.
    struct Name: Hashable, Comparable {
        let channel: ByteKey
        let subdir: ByteKey
        let file: ByteKey

        static func < (a: Name, b: Name) -> Bool {
            (a.channel, a.subdir, a.file) < (b.channel, b.subdir, b.file)
        }

        var text: String { "\(channel.text)/\(subdir.text)/\(file.text)" }
    }

    /// A file, as the log has it last.
    struct File {
        let sha256: Digest
        let publisher: FilePublisher?
        /// The entry that published it.
        let index: Int
        var state = HostedFile.State.listed
        /// When its state changed last, by the server's word.
        var changed: Timestamp
    }

    /// A package of a channel.
    struct Package: Hashable, Comparable {
        let channel: ByteKey
        let name: ByteKey

        static func < (a: Package, b: Package) -> Bool { (a.channel, a.name) < (b.channel, b.name) }
    }

    private(set) var files: [Name: File] = [:]
    /// Who published each package, each once, in the order they first did, with the entry.
    private(set) var publishers: [Package: [(publisher: FilePublisher, index: Int)]] = [:]
    private(set) var channels: Set<ByteKey> = []
    /// The indexes of each subdir.
    private(set) var indexes: [LoggedIndex.Name: IndexHistory] = [:]
    /// Entries about who may publish, and about keys.
    private(set) var changes: [(entry: PublishLogEntry, index: Int)] = []
    /// What is wrong with the entries themselves.
    private(set) var findings: [Refusal] = []
    private(set) var count = 0

    /// Takes in entries that come after those it has.
    mutating func add(_ entries: some Sequence<[UInt8]>) {
        for bytes in entries {
            let index = count
            count += 1
            do {
                let entry = try PublishLogEntry(parsing: bytes)
                guard let name = try? ChannelName(entry.channel) else {
                    throw PublishLogEntry.wrong("the name of a channel", found: entry.channel)
                }
                channels.insert(ByteKey(name.text))
                try add(entry, index)
            } catch let refusal as Refusal {
                findings.append(refusal.located(at: "entry \(index)"))
            } catch {}
        }
    }

    private mutating func add(_ entry: PublishLogEntry, _ index: Int) throws {
        switch entry.event {
        case .index:
            let name = LoggedIndex.Name(
                channel: ByteKey(entry.channel),
                subdir: ByteKey(entry.subdir ?? "")
            )
            try indexes[name, default: IndexHistory()].add(entry, at: index)
        case .publisherChange, .keyChange: changes.append((entry, index))
        case .publish, .yank, .unyank, .remove, .attest: try addFile(entry, index)
        }
    }

    private mutating func addFile(_ entry: PublishLogEntry, _ index: Int) throws {
        guard let subdir = entry.subdir, let fileName = entry.fileName, let sha256 = entry.sha256 else {
            return
        }
        let name = Name(
            channel: ByteKey(entry.channel),
            subdir: ByteKey(subdir),
            file: ByteKey(fileName)
        )
        switch entry.event {
        case .publish:
            if let known = files[name] { return try check(known, entry, sha256, index) }
            files[name] = File(
                sha256: sha256,
                publisher: entry.publisher,
                index: index,
                changed: entry.time
            )
            if let publisher = entry.publisher { note(publisher, entry.channel, fileName, index) }
        case .yank: try change(name, to: .yanked, entry, index)
        case .unyank: try change(name, to: .listed, entry, index)
        case .remove: try change(name, to: .removed, entry, index)
        case .attest, .publisherChange, .keyChange, .index: break
        }
    }

    private func check(_ known: File, _ entry: PublishLogEntry, _ sha256: Digest, _ index: Int) throws {
        guard known.sha256 != sha256 else { return }
        throw Refusal(
            PublishLogCode.publishedTwice,
            "\(entry.channel)/\(entry.subdir ?? "")/\(entry.fileName ?? "")",
            expected: "\(known.sha256.hex), as entry \(known.index) says",
            found: sha256.hex
        )
    }

    private mutating func change(
        _ name: Name,
        to state: HostedFile.State,
        _ entry: PublishLogEntry,
        _ index: Int
    ) throws {
        guard var file = files[name], file.sha256 == entry.sha256 else {
            throw PublishLogEntry.wrong(
                "a `\(entry.event.rawValue)` of a file that was published",
                found: name.text
            )
        }
        file.state = state
        file.changed = entry.time
        files[name] = file
    }

    private mutating func note(_ publisher: FilePublisher, _ channel: String, _ file: String, _ index: Int) {
        guard let name = try? ArchiveFileName(file).name else { return }
        let package = Package(channel: ByteKey(channel), name: ByteKey(name.normalized))
        guard publishers[package]?.contains(where: { $0.publisher == publisher }) != true else { return }
        publishers[package, default: []].append((publisher, index))
    }
}
