// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Crypto
internal import Foundation

/// Reads what clients read, again and again: signed indexes, packages, the log, the server's own statements.
struct ReaderClient: Sendable {
    let load: Load
    let number: Int

    /// Reads until the round is over.
    func run(seed: UInt64) async {
        var random = SeededGenerator(seed: seed, stream: UInt64(3000 + number))
        while !load.state.isOver {
            let channel = random.pick(load.channels)
            await read(channel, &random)
            await checkpoint(channel)
            await forms(channel, &random)
            try? await Task.sleep(for: .milliseconds(Int.random(in: 1...30, using: &random)))
        }
    }

    private func read(_ channel: SoakChannel, _ random: inout SeededGenerator) async {
        let key = load.world.keys.reader
        let chain = MetadataChain(channel: channel, client: load.client, history: load.history, key: key)
        guard let reading = await chain.read(all: random.chance(30)) else { return }
        load.history.count("signed indexes read")
        let subdir = random.pick(SoakChannel.subdirs)
        guard let bytes = reading.files["\(subdir)/repodata.json"] else { return }
        let records = Repodata.records(bytes, HostedName(channel.name, subdir, ""))
        guard let (name, record) = records.sorted(by: { $0.key < $1.key }).randomElement(using: &random)
        else {
            return
        }
        // The index is the newest only when the timestamp was read; a file may be removed since.
        let path = channel.isPrivate ? "/t/\(key)/\(name)" : "/\(name)"
        let reply = await load.client.get(path)
        load.history.count("packages read")
        load.judge(reply, "reading \(name)")
        if let content = reply.content {
            let found = SHA256.hash(data: content).map { String(format: "%02x", $0) }.joined()
            if found != record.sha256 {
                find(
                    .indexedFilesAreThere,
                    name.description,
                    "the index says \(record.sha256), served is \(found)"
                )
            }
        } else if let status = reply.status, status != 200, status != 410, status < 500 {
            find(.indexedFilesAreThere, name.description, "in a signed index, and answered with \(status)")
        }
    }

    /// Reads the checkpoint of the log that a channel's entries are in.
    func checkpoint(_ channel: SoakChannel) async {
        let log = channel.isPrivate ? "\(channel.name)/log" : "log"
        let began = load.history.tick()
        let reply = await load.client.get(
            "/\(log)/checkpoint",
            key: channel.isPrivate ? load.world.keys.reader : nil
        )
        guard let content = reply.content else { return load.judge(reply, "the checkpoint") }
        guard let (size, root) = Self.checkpoint(content) else {
            return find(.logOnlyGrows, log, "a checkpoint cannot be read")
        }
        load.history.addCheckpoint(Sighting(log, size, root, Span(began, load.history.tick())))
    }

    /// The size and the root of a checkpoint; its signature is for our own client to check.
    static func checkpoint(_ bytes: [UInt8]) -> (size: Int, root: String)? {
        let lines = String(decoding: bytes, as: UTF8.self).split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        guard lines.count > 3, let size = Int(lines[1]), let root = Data(base64Encoded: String(lines[2]))
        else {
            return nil
        }
        return (size, root.map { String(format: "%02x", $0) }.joined())
    }

    /// All forms of an index under the names that every client knows: never 404 in a live subdir.
    static let forms = [
        "repodata.json", "repodata.json.zst", "current_repodata.json", "repodata_shards.msgpack.zst",
        "run_exports.json",
    ]

    private func forms(_ channel: SoakChannel, _ random: inout SeededGenerator) async {
        let form = random.pick(Self.forms)
        let path = "/\(channel.name)/\(random.pick(SoakChannel.subdirs))/\(form)"
        let reply = await load.client.get(path, key: channel.isPrivate ? load.world.keys.reader : nil)
        load.judge(reply, "reading \(path)")
        if let status = reply.status, status >= 400, status < 500 {
            find(.indexedFilesAreThere, path, "an index is answered with \(status)")
        }
    }

    private func find(_ promise: Promise, _ subject: String, _ what: String) {
        load.history.find(Finding(promise, subject, what))
    }
}

/// `repodata.json`, as far as it matters here.
enum Repodata {
    private struct Document: Decodable {
        struct Record: Decodable {
            let sha256: String
            let size: Int?
        }
        let packages: [String: Record]?
        let conda: [String: Record]?

        enum CodingKeys: String, CodingKey {
            case packages
            case conda = "packages.conda"
        }
    }

    /// What it names.
    ///
    /// - Parameter place: of which channel and subdir it is.
    static func records(_ bytes: [UInt8], _ place: HostedName) -> [HostedName: ChannelView.Record] {
        guard let document = try? JSONDecoder().decode(Document.self, from: Data(bytes)) else { return [:] }
        var records: [HostedName: ChannelView.Record] = [:]
        for (file, record) in (document.packages ?? [:]).merging(
            document.conda ?? [:],
            uniquingKeysWith: { $1 }
        ) {
            let name = HostedName(place.channel, place.subdir, file)
            records[name] = ChannelView.Record(sha256: record.sha256, size: record.size)
        }
        return records
    }
}
