// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import DurableFiles
internal import TrustCore

/// Offers every case to a client of the user's, as it is set up: its own settings files and environment are in force.
///
/// Its caches, environments and lists of environments are not touched: those of the trial are in a folder of its own, and so is
/// the home folder that it sees.
public struct ClientTrial: Sendable {
    /// Runs a command with its words in a file; answers its exit status, nil if it had to be ended.
    public typealias Runner =
        @Sendable (_ command: [String], _ environment: [String: String], _ log: String) async throws -> Int32?

    let client: ProxiedClient
    let program: String
    let environment: [String: String]
    let folder: String
    private let checkup: ProxyCheckup
    private let run: Runner

    /// How long a client may take for one case.
    static let limit = Duration.seconds(300)
    private static let maximumLog = 16 << 20

    /// - Parameters:
    ///   - client: which program it is.
    ///   - program: its path.
    ///   - environment: what the user's own commands are given.
    ///   - folder: an absolute path at which there is nothing; what is made there is for the caller to remove.
    ///   - proxy: the proxy that the client should ask.
    ///   - run: runs it; a child process by default.
    public init(
        of client: ProxiedClient,
        program: String,
        environment: [String: String],
        folder: String,
        proxy checkup: ProxyCheckup,
        run: @escaping Runner = ClientTrial.child
    ) {
        self.client = client
        self.program = program
        self.environment = environment
        self.folder = folder
        self.checkup = checkup
        self.run = run
    }

    /// Tries all cases, and an `https:` URL.
    ///
    /// - Parameter id: of a trial that has begun, in which nothing was asked yet.
    public func checks(_ id: TrialID) async -> [DoctorCheck] {
        if let home {
            do {
                try TrialHome.make(at: trialHome, of: home)
            } catch { return [DoctorCheck("trial.\(TrialCase.good.rawValue)", failedBy: error)] }
        }
        var checks: [DoctorCheck] = []
        let name = client.rawValue
        for trialCase in TrialCase.allCases {
            do {
                let reception = try await offer(id.channel(trialCase), in: trialCase.rawValue)
                let seen = try await checkup.report(of: id)[trialCase]
                let verdict = TrialVerdict(trialCase: trialCase, reception: reception, seen: seen)
                checks.append(verdict.check(of: name))
                // Whatever the reason, the others would say the same, after the same time.
                if trialCase == .good, seen.requests == 0 { return checks }
            } catch {
                checks.append(DoctorCheck("trial.\(trialCase.rawValue)", failedBy: error))
            }
        }
        do {
            let reception = try await offer(id.channel(.good, scheme: "https"), in: "https")
            let tunnels = try await checkup.report(of: id).tunnels
            checks.append(TrialVerdict.tunnel(name, reception, tunnels: tunnels))
        } catch {
            checks.append(DoctorCheck("trial.https", failedBy: error))
        }
        return checks
    }

    /// The user's home folder; nil where the environment names none.
    private var home: String? { environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } }

    private var trialHome: String { "\(folder)/home" }

    private func offer(_ channel: String, in name: String) async throws -> TrialVerdict.Reception {
        let place = "\(folder)/\(name)"
        try Folder.createDurably(place, mode: 0o700)
        let status = try await run(command(channel, place), variables(place), "\(place)/log")
        let text = try DurableFile.read("\(place)/log", maximumLength: Self.maximumLog) ?? []
        let meta = "\(place)/env/conda-meta"
        let names = Folder.isFolder(meta) ? try Folder.names(in: meta) : []
        return TrialVerdict.Reception(
            status: status,
            isInstalled: names.contains { $0.hasPrefix(TrialPackage.name + "-") }
                || Folder.exists("\(place)/env/\(TrialPackage.path)"),
            said: status == 0 ? [] : ProxyCheckup.lastLines(of: String(decoding: text, as: UTF8.self))
        )
    }

    /// A new environment, with nothing of the user's settings but where channels are.
    func command(_ channel: String, _ place: String) -> [String] {
        let words = [program, "create", "--yes", "--prefix", "\(place)/env", "--override-channels"]
        // mamba has no such packages, and with `--quiet` no words when it fails.
        let more = client == .conda ? ["--quiet", "--no-default-packages"] : []
        return words + more + ["--channel", channel, TrialPackage.spec]
    }

    /// The user's environment, with caches and lists of the trial's own.
    func variables(_ place: String) -> [String: String] {
        var variables = environment
        if home != nil { variables["HOME"] = trialHome }
        variables["CONDA_PKGS_DIRS"] = "\(place)/pkgs"
        variables["CONDA_REGISTER_ENVS"] = "false"
        variables["MAMBA_REGISTER_ENVS"] = "false"
        variables["CONDA_NUMBER_CHANNEL_NOTICES"] = "0"
        // What is refused is refused the next time, too.
        variables["CONDA_REMOTE_MAX_RETRIES"] = "0"
        variables["XDG_CACHE_HOME"] = "\(place)/cache"
        return variables
    }

    /// Runs a command as a child, without a terminal, and ends it after ``limit``.
    public static let child: Runner = { command, environment, log in
        let child = try ChildClient(command, environment: environment, keeping: [], log: log)
        return try await withThrowingTaskGroup(of: Int32?.self) { group in
            group.addTask { try await child.wait() }
            group.addTask {
                try? await Task.sleep(for: limit)
                // Whoever is done meanwhile has cancelled this.
                if !Task.isCancelled { child.end() }
                return nil
            }
            let first = try await group.next() ?? nil
            group.cancelAll()
            // The other one ends at once: a sleep by being cancelled, a client by its signal.
            try await group.waitForAll()
            return first
        }
    }
}
