// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// Finds what each page says, in reading transactions that are bounded whatever a channel holds.
struct PageReader: Sendable {
    let parts: ServerParts
    let keys: ChannelKeys
    let trust: IndexTrustReader
    let attestations: AttestationReader

    var site: PageSite { PageSite(publicURL: parts.publicURL) }

    /// How many lines lists have.
    static let lines = 50
    /// How many files a channel's page shows as its newest.
    static let newestFiles = 8
    /// How many names one request for a search looks at.
    static let searchedNames = 100_000

    // MARK: Channels

    func home(_ caller: Caller) async throws -> Page {
        let (list, next) = try await list(after: nil, limit: 10, caller)
        return HomePage(site: site, list: list, hasMore: next != nil, isLoggedIn: caller.holder != nil).page
    }

    func channels(after: String?, _ caller: Caller) async throws -> Page {
        let (list, next) = try await list(after: after, limit: Self.lines, caller)
        return ChannelsPage(list: list, next: next, isLoggedIn: caller.holder != nil).page
    }

    private func list(after: String?, limit: Int, _ caller: Caller) async throws -> (
        ChannelList, next: String?
    ) {
        let visible = try await VisibleChannels(parts: parts, caller: caller).page(after: after, limit: limit)
        let items = try await parts.database.read { transaction in
            try visible.channels.map {
                ChannelList.Item(channel: $0, packages: try transaction.packageCount(of: $0.id))
            }
        }
        return (ChannelList(items: items), visible.hasMore ? visible.channels.last?.name.text : nil)
    }

    func channel(_ name: String, after: String?, _ caller: Caller) async throws -> Page {
        let channel = try await parts.channel(name, for: .read, of: caller)
        let start = try after.map { try Self.packageName($0) }
        let found = try await parts.database.read { transaction in
            let names = try transaction.packageNames(of: channel.id, after: start, limit: Self.lines + 1)
            return ChannelContents(
                usage: try transaction.usage(of: channel.id),
                packageCount: try transaction.packageCount(of: channel.id),
                subdirs: try transaction.subdirs(of: channel.id),
                log: try transaction.log(of: channel),
                newest: try transaction.newestFiles(of: channel.id, limit: Self.newestFiles),
                packages: try names.prefix(Self.lines).map {
                    ($0, try transaction.channelData(of: $0, in: channel.id))
                },
                hasMore: names.count > Self.lines
            )
        }
        var log: LogState?
        if let known = found.log { log = try await LogState(of: known, in: channel, parts) }
        return ChannelPage(
            site: site,
            channel: channel,
            usage: found.usage,
            packageCount: found.packageCount,
            subdirs: found.subdirs,
            signing: try await trust.signing(of: channel),
            log: log,
            newest: found.newest,
            packages: found.packages.map { ($0.name, PackageBrief(element: $0.element)) },
            next: found.hasMore ? found.packages.last?.name : nil,
            isFirst: after == nil,
            now: parts.now()
        ).page
    }

    private struct ChannelContents: Sendable {
        let usage: ChannelUsage
        let packageCount: Int64
        let subdirs: [Subdir]
        let log: HostedLog?
        let newest: [FileSummary]
        let packages: [(name: PackageName, element: [UInt8]?)]
        let hasMore: Bool
    }

    // MARK: Packages and files

    func package(_ name: String, in channelName: String, number: String?, _ caller: Caller) async throws
        -> Page
    {
        let channel = try await parts.channel(channelName, for: .read, of: caller)
        let nothing = Refusal(ServerCode.notFound, "\(channel.name)/packages/…")
        guard let name = try? PackageName(name) else { throw nothing }
        let number = number.flatMap { Int($0) } ?? 0
        let (files, element) = try await parts.database.read { transaction in
            (
                try transaction.fileSummaries(named: name, of: channel.id, limit: PackagePage.examined + 1),
                try transaction.channelData(of: name, in: channel.id)
            )
        }
        let versions = PackagePage.versions(of: Array(files.prefix(PackagePage.examined)))
        let pages = (versions.count + PackagePage.versionsPerPage - 1) / PackagePage.versionsPerPage
        guard (0..<pages).contains(number) else { throw nothing }
        return PackagePage(
            site: site,
            channel: channel,
            name: name,
            brief: PackageBrief(element: element),
            versions: Array(
                versions.dropFirst(number * PackagePage.versionsPerPage).prefix(PackagePage.versionsPerPage)
            ),
            count: versions.count,
            number: number,
            isCut: files.count > PackagePage.examined
        ).page
    }

    func file(
        _ fileName: String,
        in subdir: String,
        of package: String,
        in channelName: String,
        _ caller: Caller
    ) async throws -> Page {
        let channel = try await parts.channel(channelName, for: .read, of: caller)
        let nothing = Refusal(ServerCode.notFound, "\(channel.name)/packages/…")
        guard let fileName = try? ArchiveFileName(fileName), let subdir = try? Subdir(subdir),
            let package = try? PackageName(package), fileName.name == package
        else { throw nothing }
        let found = try await parts.database.read { transaction -> FileContents? in
            guard let file = try transaction.file(fileName, in: subdir, of: channel.id) else { return nil }
            return FileContents(
                file: file,
                facts: try transaction.facts(of: file.sha256),
                history: try FileHistory(of: file, in: channel, transaction),
                log: try transaction.log(of: channel),
                isStale: try transaction.isStale(package, in: subdir, of: channel.id)
            )
        }
        guard let found else { throw nothing }
        var log: LogState?
        if let known = found.history.publication(of: found.file)?.log ?? found.log {
            log = try await LogState(of: known, in: channel, parts)
        }
        return FilePage(
            view: FileView(
                site: site,
                channel: channel,
                file: found.file,
                brief: PackageBrief(about: found.facts?.about),
                record: try? JSONReader.read(found.file.record, of: fileName.text).object,
                history: found.history,
                log: log,
                attestations: await attestations.attestations(of: found.file),
                signing: try await trust.signing(of: channel),
                isStale: found.isStale,
                now: parts.now()
            )
        ).page
    }

    private struct FileContents: Sendable {
        let file: HostedFile
        let facts: PackageFacts?
        let history: FileHistory
        let log: HostedLog?
        let isStale: Bool
    }

    // MARK: Search

    func search(_ question: String, after: String?, in channelName: String?, _ caller: Caller) async throws
        -> Page
    {
        let part = Self.namePart(question)
        guard !part.isEmpty else { return SearchPage(question: "", hits: [], next: nil).page }
        guard part.utf8.count <= SearchForm.maximumLength else {
            return SearchPage(question: part, hits: [], next: nil).page
        }
        let channels = try await VisibleChannels(parts: parts, caller: caller).all()
        let names = Dictionary(channels.map { ($0.id, $0.name) }) { first, _ in first }
        var start: CatalogueEntry?
        if let after {
            let channel = channels.first { $0.name.text == channelName }
            start = CatalogueEntry(package: try Self.packageName(after).normalized, channel: channel?.id ?? 0)
        }
        let from = start, ids = channels.map(\.id)
        let (page, hits) = try await parts.database.read { transaction in
            let page = try transaction.search(
                part,
                in: ids,
                after: from,
                limit: Self.lines,
                examining: Self.searchedNames
            )
            var found = page.found
            if from == nil, let name = try? PackageName(part) {
                // Who writes the whole name means that package.
                let exact = try ids.prefix(Self.lines).filter {
                    try transaction.channelData(of: name, in: $0) != nil
                }
                .map { CatalogueEntry(package: name.normalized, channel: $0) }
                found = exact + found.filter { !exact.contains($0) }
            }
            return (
                page,
                try found.map { entry in
                    let name = try? PackageName(entry.package)
                    return (
                        entry, try name.flatMap { try transaction.channelData(of: $0, in: entry.channel) }
                    )
                }
            )
        }
        return SearchPage(
            question: part,
            hits: hits.compactMap { entry, element in
                names[entry.channel].map {
                    SearchPage.Hit(package: entry.package, channel: $0, brief: PackageBrief(element: element))
                }
            },
            next: page.next.flatMap { next in names[next.channel].map { (next.package, $0) } }
        ).page
    }

    /// A part of a package's name, as names are compared: small letters, without spaces around it.
    private static func namePart(_ text: String) -> String {
        var bytes = text.utf8.map { (0x41...0x5A).contains($0) ? $0 + 0x20 : $0 }[...]
        while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
        bytes = bytes.drop { $0 == 0x20 || $0 == 0x09 }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func packageName(_ text: String) throws -> PackageName {
        guard let name = try? PackageName(text) else {
            throw Refusal(ServerCode.requestMalformed, "`after`", expected: "a package’s name")
        }
        return name
    }
}
