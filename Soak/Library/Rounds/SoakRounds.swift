// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import Foundation
internal import TrustCore

/// The rounds of a soak, one after the other, on one folder.
final class SoakRounds {
    let options: SoakOptions
    let world: SoakWorld
    let client: SoakClient
    let history: SoakHistory
    let server: SoakServer
    let observer: ServerObserver
    var channels: [SoakChannel] = []
    var everyChannel: [SoakChannel] = []
    var kills: [String: Int] = [:]
    var events: [String: Int] = [:]
    var longestLag = 0.0
    private var searchedLog: UInt64 = 0
    private var seenMetadata = 0
    private var highestMetadata: [String: Sighting] = [:]

    init(_ options: SoakOptions, _ world: SoakWorld, _ client: SoakClient, _ history: SoakHistory) {
        self.options = options
        self.world = world
        self.client = client
        self.history = history
        server = SoakServer(world, client)
        observer = ServerObserver(client, history, world)
    }

    func prepare() async throws {
        try await server.start()
        try await makeChannels(1)
    }

    private func makeChannels(_ generation: Int) async throws {
        channels = [
            try await world.makeChannel(
                "main\(generation)",
                isPrivate: false,
                generation: generation,
                client
            ),
            try await world.makeChannel("lab\(generation)", isPrivate: true, generation: generation, client),
        ]
        everyChannel += channels
        for channel in channels { await awaitIndex(of: channel) }
    }

    /// Waits for the first index of a new channel. Until it is there nothing of it is 404, which clients
    /// remember.
    private func awaitIndex(of channel: SoakChannel) async {
        let key = channel.isPrivate ? world.keys.reader : nil
        for path in SoakChannel.subdirs.flatMap({ subdir in
            ReaderClient.forms.map { "/\(channel.name)/\(subdir)/\($0)" }
        }) {
            for attempt in 0..<300 {
                let status = await client.get(path, key: key).status
                if status == 200 { break }
                if status != 503 || attempt == 299 {
                    let what = "a new channel's index is answered with \(status ?? 0)"
                    return history.find(Finding(.indexedFilesAreThere, path, what))
                }
                try? await Task.sleep(for: .milliseconds(100))
            }
        }
    }

    /// Does one round; answers in a few words what happened.
    func run(_ plan: RoundPlan) async throws -> String {
        history.note("\(plan)")
        if plan.number > options.first, (plan.number - options.first) % options.generation == 0 {
            try await makeChannels(everyChannel.count / 2 + 1)
        }
        var clock = ContinuousClock.now, times: [String] = []
        func took(_ what: String) {
            let time = ContinuousClock.now - clock
            clock = .now
            times.append(
                "\(what) \(time.components.seconds * 10 + time.components.attoseconds / 100_000_000_000_000_000)"
            )
        }
        try await begin(plan)
        took("begin")
        let mayFail = plan.fault != .none
        let load = Load(client, history, world, channels, round: plan.number, mayFail: mayFail)
        let phase = await RoundLoad(load, server, plan, options.tinyRequests).run()
        if let phase {
            if case .terminate = plan.end, !plan.isKept {} else { kills[phase, default: 0] += 1 }
        }
        took("load")
        try await recover(plan)
        try await retry(load, plan)
        took("again")
        let patience = options.patience + (mayFail ? 45 : 0)
        let lag = await check(load, patience: patience, all: plan.number % 10 == 0)
        took("check")
        if plan.isAudited { try await audit(load) }
        searchSecrets(load)
        took("audit")
        history.note("tenths of seconds: " + times.joined(separator: ", "))
        for finding in StorageChecks.memory(server.memory, bound: options.memoryBound) {
            history.find(finding)
        }
        return
            "\(phase ?? "went on"), \(load.state.now.accepted) accepted, indexed after \(lag) s [\(times.joined(separator: ", "))]"
    }

    /// Brings the server into the state in which the round begins.
    private func begin(_ plan: RoundPlan) async throws {
        let isMounted = world.disk != nil
        let wantsFaults = plan.fault != .none && !(plan.fault == .full && isMounted) && world.faults != nil
        var startsAnew = plan.isSwept || wantsFaults != server.hasFaults || !server.isRunning
        if case .kill(.starting(let milliseconds)) = plan.end, !plan.isKept {
            await stop()
            if plan.isSwept { server.age() }
            try server.launch()
            try? await Task.sleep(for: .milliseconds(milliseconds))
            await server.kill()
            kills["starting", default: 0] += 1
            startsAnew = true
        }
        guard startsAnew else { return }
        await stop()
        if plan.isSwept {
            server.age()
            events["starts with everything old, so that it is swept", default: 0] += 1
        }
        try await server.start(withFaults: wantsFaults)
    }

    /// Stops the server, which must end by itself.
    func stop() async {
        guard server.isRunning else { return }
        let status = await server.terminate()
        if status != 0 {
            let what = status.map { "ended with \($0) when it was told to stop" } ?? "did not stop in time"
            history.find(Finding(.staysUp, "the server", what))
        }
        events["stopped by SIGTERM", default: 0] += 1
    }

    /// Ends what was wrong, and lets the server run as it should.
    private func recover(_ plan: RoundPlan) async throws {
        if plan.fault != .none { events["fault: \(plan.fault.rawValue)", default: 0] += 1 }
        if plan.isKept, server.isRunning {
            events["faults that ended while the server ran", default: 0] += 1
            return
        }
        if plan.fault == .full, let disk = world.disk, !server.isRunning {
            // Whether it starts on a full disk is its choice; that it harms nothing is not.
            try server.launch()
            _ = await server.process?.port(within: .seconds(4))
            await server.kill()
            disk.empty()
        }
        world.disk?.empty()
        if !server.isRunning { try await server.start() }
    }

    /// Asks again for everything that was not answered, as clients do.
    private func retry(_ load: Load, _ plan: RoundPlan) async throws {
        let again = Load(client, history, world, channels, round: plan.number, mayFail: false)
        var random = SeededGenerator(seed: plan.seed, stream: 9000)
        let uploads = UploadClient(load: again)
        for package in load.allUnanswered {
            let fate = await uploads.send(package, key: world.keys.owner, .quetz, &random)
            if case .answered(let status) = fate, status < 500, !fate.isSuccess, status != 409 {
                let what = "sent again after no answer, and answered with \(status)"
                history.find(Finding(.uploadsSurvive, package.name.description, what))
            }
        }
        for (token, jti) in load.allMinted where !jti.isEmpty && random.chance(60) {
            _ = await TokenClient(load: again).exchange(token, jti, "/api/oidc/mint_token")
        }
        history.count("requests sent again after no answer", load.allUnanswered.count)
    }

    // MARK: - Checks

    private func expectations(of channels: [SoakChannel]) -> (FileExpectations, [UploadAttempt]) {
        let names = Set(channels.map(\.name)), current = history.current
        let uploads = current.uploads.filter { names.contains($0.name.channel) }
        let changes = current.changes.filter { names.contains($0.name.channel) }
        return (FileExpectations(uploads: uploads, changes: changes), uploads)
    }

    /// Runs every check of what the server shows; answers after how many seconds the index was up to date.
    ///
    /// - Parameter all: whether every file is downloaded, not only those of the round and some others.
    @discardableResult
    func check(_ load: Load, patience: Int, all: Bool) async -> Double {
        let (expected, uploads) = expectations(of: load.channels)
        let (records, lag) = await observer.settled(load.channels, expected, within: .seconds(patience))
        let seconds = Double(lag.components.seconds) + Double(lag.components.attoseconds) / 1e18
        longestLag = max(longestLag, seconds)
        var view = ChannelView()
        view.records = records
        let recent = Set(uploads.suffix(60).map(\.name))
        let names = expected.files.keys.filter { all || recent.contains($0) || $0.hashValue % 8 == 0 }
        view.downloads = await observer.download(names, of: load.channels)
        if all { view.shardRecords = await observer.shards(load.channels) }
        for finding in FileChecks.uploadsSurvive(expected, view) + FileChecks.oneContent(uploads, view)
            + FileChecks.indexedFilesAreThere(view) + FileChecks.yankedStaysThere(expected, view)
        {
            history.find(finding)
        }
        for channel in load.channels { await observer.metadata(channel) }
        for finding in SightingChecks.goForward(.metadataGoForward, newMetadata()) { history.find(finding) }
        await checkLogs(load.channels, expected, view)
        checkTokens(load)
        return (seconds * 100).rounded() / 100
    }

    /// What was seen of metadata since the last check, and before it the highest version of each role.
    private func newMetadata() -> [Sighting] {
        let all = history.current.metadata, new = Array(all[seenMetadata...])
        seenMetadata = all.count
        defer {
            for sighting in new where sighting.number >= highestMetadata[sighting.subject]?.number ?? 0 {
                highestMetadata[sighting.subject] = sighting
            }
        }
        return Array(highestMetadata.values) + new
    }

    private func checkLogs(_ channels: [SoakChannel], _ expected: FileExpectations, _ view: ChannelView) async
    {
        let publicEntries = await observer.log("log", private: nil)
        for channel in channels {
            let entries =
                channel.isPrivate
                ? await observer.log("\(channel.name)/log", private: channel) : publicEntries
            let own = LogChecks.entries(entries, of: channel.name)
            let files = expected.only(channel.name)
            var shown = view
            shown.records = view.records.filter { $0.key.channel == channel.name }
            for finding in LogChecks.tellsWhatHappened(own, files, shown) { history.find(finding) }
            await checkStatements(channel, shown, entries)
        }
    }

    private func checkStatements(_ channel: SoakChannel, _ view: ChannelView, _ entries: [[UInt8]]) async {
        let statements = ServerStatements(root: channel.root)
        for (name, record) in view.records.shuffled().prefix(6) {
            let path = "/\(name).kingsnake.dsse.json"
            let reply = await client.get(path, key: channel.isPrivate ? world.keys.reader : nil)
            let defect =
                reply.content.map { statements.defect($0, of: name, sha256: record.sha256, in: entries) }
                ?? "its statement is answered with \(reply.fate) \(reply.trouble)"
            history.count("statements verified")
            if let defect { history.find(Finding(.logOnlyGrows, name.description, defect)) }
        }
    }

    private func checkTokens(_ load: Load) {
        let tokens = Set(load.allMinted.map(\.jti))
        let attempts = history.current.mints.filter { tokens.contains($0.token) }
        guard !attempts.isEmpty else { return }
        do {
            let (used, keys) = try FolderReader(path: world.server).tokens()
            for finding in TokenChecks.countOnce(attempts, used: used, keys: keys) { history.find(finding) }
        } catch { history.find(Finding(.tokensCountOnce, "the database", "\(error)")) }
    }

    /// Stops the server, has it sweep what nothing refers to, and looks at what is left.
    private func audit(_ load: Load) async throws {
        await stop()
        server.age()
        try await server.start()
        let reader = FolderReader(path: world.server)
        let limit = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < limit {
            let stored = try reader.stored()
            if stored.staged.isEmpty, stored.blobs.isSubset(of: stored.referred) { break }
            try await Task.sleep(for: .milliseconds(200))
        }
        await stop()
        let (expected, _) = expectations(of: everyChannel)
        for finding in StorageChecks.nothingElse(try reader.stored(), expected) { history.find(finding) }
        let search = secrets(load)
        for finding in search.findings(in: reader.databaseBytes(), of: "the database") {
            history.find(finding)
        }
        history.count("audits of the folder")
        try await server.start()
    }

    // MARK: - Secrets

    private func secrets(_ load: Load) -> SecretSearch {
        var search = SecretSearch()
        for (key, name) in world.keys.all {
            search.add(key, name)
            search.add(UploadClient.Request.basic(key), name + ", as Basic has it")
        }
        for (token, _) in load.allMinted { search.add(token, "a build job's token") }
        for key in load.mintedKeys { search.add(key, "a build job's key") }
        return search
    }

    private func searchSecrets(_ load: Load) {
        let search = secrets(load)
        for finding in search.findings(in: history.takePublicText(), of: "an answer") {
            history.find(finding)
        }
        guard let file = FileHandle(forReadingAtPath: world.serverLog) else { return }
        defer { try? file.close() }
        try? file.seek(toOffset: searchedLog)
        let text = (try? file.readToEnd()) ?? Data()
        searchedLog += UInt64(text.count)
        history.count("bytes of the server's log searched", text.count)
        for finding in search.findings(in: text, of: "the server's log") { history.find(finding) }
    }

    /// Checks everything once more, with all channels.
    func finish() async {
        let load = Load(client, history, world, everyChannel, round: 0, mayFail: false)
        if history.findings.isEmpty {
            let metrics = await client.get("/metrics", key: world.keys.administrator)
            history.addPublic(metrics.body)
            if metrics.status != 200 { history.find(Finding(.staysUp, "/metrics", "\(metrics.fate)")) }
            await check(load, patience: options.patience, all: true)
            searchSecrets(load)
        }
        await stop()
        await observer.shutdown()
    }

    func fill(_ summary: inout SoakSummary) {
        let current = history.current
        summary.kills = kills
        summary.events = events
        summary.answers = current.answers
        summary.counts = current.counts
        summary.counts["checkpoints seen"] = current.checkpoints.count
        summary.counts["versions of metadata seen"] = current.metadata.count
        summary.longestLag = longestLag
        summary.highestMemory = server.memory.max() ?? 0
    }
}
