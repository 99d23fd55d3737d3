// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Foundation
internal import TrustCore

/// Asks one proxy for files of channels, says what came, and judges each answer.
final class ProxyReader {
    /// The ways in which a client names a file.
    enum Entrance: CaseIterable {
        /// The whole URL, as a client with `http_proxy` does.
        case wholeURL
        /// A path at the proxy with the channel's URL in it.
        case path
        /// The channel's name at the proxy.
        case name
    }

    static let forms = ["repodata.json", "repodata.json.zst", "current_repodata.json", ShardIndex.fileName]

    let proxy: SoakProxy
    let load: ProxyLoad
    var entrance = Entrance.path
    private var client: WireClient?
    private var port: Int?
    private var tags: [String: String] = [:]
    /// Whether something of the index that is being read says that it may be stale.
    private var isStale = false

    init(_ proxy: SoakProxy, _ load: ProxyLoad) {
        self.proxy = proxy
        self.load = load
    }

    /// Closes the connection.
    func close() {
        client?.close()
        client = nil
    }

    private func target(_ name: HostedName) -> String {
        let url = load.world.upstream.url
        return switch entrance {
        case .wholeURL: "\(url)/\(name)"
        case .path: "/c/http/\(url.dropFirst("http://".count))/\(name)"
        case .name: "/\(name)"
        }
    }

    /// Asks for a file, also if the proxy is just being started again; answers whether it was disturbed, too.
    private func ask(_ name: HostedName, _ change: (inout WireClient.Request) -> Void = { _ in }) -> (
        reply: WireClient.Reply, isDisturbed: Bool
    ) {
        let before = proxy.disturbances
        let limit = ContinuousClock.now + .seconds(120)
        while proxy.port == nil, ContinuousClock.now < limit { usleep(10_000) }
        if client == nil || port != proxy.port {
            port = proxy.port
            client = WireClient(port: port ?? 1, bound: load.bound)
        }
        var request = WireClient.Request(target: target(name))
        change(&request)
        let reply = client?.ask(request) ?? WireClient.Reply()
        if load.isDown,
            let finding = ProxyChecks.saysThatItIsStale(name, reply.status, warning: reply.fields["warning"])
        {
            load.history.soak.find(finding)
        }
        return (reply, proxy.disturbances != before)
    }

    // MARK: - Packages

    /// Fetches a package, or a part of it.
    ///
    /// - Parameters:
    ///   - version: of the index that lists it.
    ///   - range: the bytes that are asked for; nil for all.
    @discardableResult
    func package(
        _ name: HostedName,
        since version: Int,
        range: Range<Int>? = nil,
        _ change: (inout WireClient.Request) -> Void = { _ in }
    ) -> Reception {
        var isHead = false
        let (reply, isDisturbed) = ask(name) { request in
            if let range {
                request.fields.append(("Range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)"))
            }
            change(&request)
            isHead = request.method == "HEAD"
        }
        var reception = Reception(name, through: proxy.name, status: reply.status)
        if let status = reply.status, !isHead, [200, 206].contains(status) {
            reception = Reception(
                name,
                through: proxy.name,
                status: status,
                bytes: reply.body,
                from: status == 206 ? range?.lowerBound ?? 0 : 0,
                announced: reply.announced,
                isWhole: reply.isWhole
            )
        } else if isHead {
            reception.announced = reply.announced
        }
        load.history.add(reception, of: isHead ? "HEAD" : "package", after: reply.seconds)
        let isListed = version > 0 && load.world.honest.isListed(name, from: version)
        judge(reception, reply, isListed: isListed, isDisturbed)
        return reception
    }

    private func judge(
        _ reception: Reception,
        _ reply: WireClient.Reply,
        isListed: Bool,
        _ isDisturbed: Bool
    ) {
        let isDisturbed = isDisturbed || load.isStormy
        guard let finding = ProxyChecks.answer(reception, isListed: isListed, isDisturbed: isDisturbed)
        else { return }
        let said = reply.text.replacingOccurrences(of: "\n", with: " ") + reply.trouble
        load.history.soak.find(Finding(finding.promise, finding.subject, "\(finding.what) [\(said)]"))
    }

    // MARK: - Indexes

    /// What an index says, and which version it is; nil if it could not be had.
    struct Index {
        let channel: String
        let subdir: String
        let records: [String: String]
        let version: Int

        /// The files of one.
        var names: [HostedName] { records.keys.sorted().map { HostedName(channel, subdir, $0) } }
    }

    /// Reads an index in some form.
    ///
    /// - Parameter shards: how many shards are read, where it is read by those.
    func index(_ channel: String, _ subdir: String, as form: String, shards: Int = 3) -> Index? {
        let began = load.history.soak.tick()
        let place = HostedName(channel, subdir, form)
        isStale = false
        guard let body = body(of: place) else { return nil }
        do {
            var records: [String: String]
            var scope = form.hasPrefix("current") ? IndexReading.Scope.part : .whole
            if form == ShardIndex.fileName {
                guard let read = try self.shards(body, place, atMost: shards) else { return nil }
                (records, scope) = read
            } else {
                let plain = form.hasSuffix(".zst") ? try Zstd.decompress(body, maximumLength: 64 << 20) : body
                records = [:]
                for (name, record) in Repodata.records(plain, place) { records[name.file] = record.sha256 }
            }
            let span = Span(began, load.history.soak.tick())
            let reading = IndexReading(
                channel,
                subdir,
                through: proxy.name,
                as: form,
                scope,
                records,
                span,
                isSteady: !isStale && !load.isStormy && !load.isDown
            )
            let version = load.world.honest.versions(that: reading).last
            load.history.add(reading, version)
            guard let version else { return nil }
            return Index(channel: channel, subdir: subdir, records: records, version: version)
        } catch {
            let finding = Finding(
                .indexIsOneVersion,
                place.description,
                "\(proxy.name): cannot be read: \(error)"
            )
            load.history.soak.find(finding)
            return nil
        }
    }

    private func shards(_ body: [UInt8], _ place: HostedName, atMost count: Int) throws -> (
        [String: String], IndexReading.Scope
    )? {
        let subdir = try Subdir(place.subdir)
        let index = try ShardIndex.read(body, subdir: subdir)
        // The stamp tells which version it is.
        let names = Set(index.packageNames)
        var records: [String: String] = [:]
        let wanted = ["stamp"].filter(names.contains) + names.subtracting(["stamp"]).sorted().prefix(count)
        for text in wanted {
            let package = try PackageName(text)
            guard let digest = index.digest(of: package) else { continue }
            let file = HostedName(place.channel, place.subdir, "shards/\(digest.hex).msgpack.zst")
            guard let bytes = self.body(of: file) else { return nil }
            let shard = try Shard.read(bytes, expected: digest, of: package, subdir: subdir)
            for record in shard.records { records[record.fileName.text] = record.sha256?.hex ?? "" }
        }
        return (records, .packages(names, read: Set(wanted)))
    }

    /// The whole of a file that is no package.
    private func body(of name: HostedName) -> [UInt8]? {
        let (reply, isDisturbed) = ask(name)
        load.history.add(name.description, reply.status, after: reply.seconds)
        if let tag = reply.fields["etag"] { tags[name.description] = tag }
        if reply.fields["warning"] != nil { isStale = true }
        if let content = reply.content { return content }
        // A shard of an index before the last ones may be gone.
        let isShard = name.file.hasPrefix("shards/")
        judge(
            Reception(name, through: proxy.name, status: reply.status),
            reply,
            isListed: !isShard || reply.status != 404,
            isDisturbed
        )
        return nil
    }

    /// Asks for an index that it has already; nothing else may be said of it than that it is as it was, or another one.
    func again(_ channel: String, _ subdir: String, as form: String) {
        let name = HostedName(channel, subdir, form)
        guard let tag = tags[name.description] else { return }
        let (reply, isDisturbed) = ask(name) { $0.fields.append(("If-None-Match", tag)) }
        load.history.add(name.description, reply.status, after: reply.seconds)
        judge(
            Reception(name, through: proxy.name, status: reply.status),
            reply,
            isListed: true,
            isDisturbed
        )
    }
}
