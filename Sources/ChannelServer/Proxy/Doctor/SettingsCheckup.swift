// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// Whether what `kingsnake enable` wrote is in force: the file as it was written, and nothing that counts more and says otherwise.
///
/// Pure: files are read by functions that the caller passes in. What a client makes of its settings is not known here; that is
/// what its trial is for. Files in the prefix that a command is about are not among those that are read.
public struct SettingsCheckup {
    let enabled: EnabledClients
    let environment: [String: String]
    let project: String
    let contents: (_ path: String) throws -> [UInt8]?
    let names: (_ folder: String) -> [String]

    /// - Parameters:
    ///   - enabled: which files were changed.
    ///   - environment: variables.
    ///   - project: the current folder, in or below which pixi looks for a project.
    ///   - contents: what is in a file; nil if there is none.
    ///   - names: what is in a folder; nothing if there is none.
    public init(
        _ enabled: EnabledClients,
        environment: [String: String],
        project: String,
        contents: @escaping (_ path: String) throws -> [UInt8]?,
        names: @escaping (_ folder: String) -> [String]
    ) {
        self.enabled = enabled
        self.environment = environment
        self.project = project
        self.contents = contents
        self.names = names
    }

    /// The files that were changed for a client: micromamba reads those of mamba.
    public func entries(of client: ProxiedClient) -> [EnabledClients.File] {
        let owner = client == .micromamba ? .mamba : client
        return enabled.files.filter { $0.client == owner.rawValue }
    }

    /// Everything about a client's settings.
    public func checks(of client: ProxiedClient) -> [DoctorCheck] {
        let entries = entries(of: client)
        guard let files = ClientSettingsFiles(of: client, environment: environment), !entries.isEmpty else {
            let owner: ProxiedClient = client == .micromamba ? .mamba : client
            return [
                DoctorCheck(
                    "settings.enabled",
                    .failed,
                    "nothing is enabled: \(client.rawValue) does not ask the proxy",
                    remedy: "run `kingsnake enable --client \(owner.rawValue)`"
                )
            ]
        }
        var checks = entries.map { block($0, client) }
        do {
            switch client {
            case .pixi: checks += try projectChecks()
            default: checks += try condaChecks(client, files, entries.map(\.path))
            }
        } catch {
            checks.append(DoctorCheck("settings.files", failedBy: error))
        }
        return checks + copies(files, entries)
    }

    /// Whether our lines are there, whole, and what would be written now.
    private func block(_ entry: EnabledClients.File, _ client: ProxiedClient) -> DoctorCheck {
        let name = "settings.block"
        let again = "run `kingsnake enable --client \(entry.client) --proxy \(entry.proxy)`"
        do {
            guard let bytes = try contents(entry.path) else {
                return DoctorCheck(name, .failed, "\(entry.path) is not there any more", remedy: again)
            }
            guard try ClientEnabling.reversal(of: entry.path, containing: bytes).isChange else {
                return DoctorCheck(
                    name,
                    .failed,
                    "\(entry.path) has none of our lines any more",
                    remedy: again
                )
            }
            let change = try ClientEnabling.change(
                of: client,
                to: ClientProxy(entry.proxy),
                environment: environment,
                contents: contents
            )
            guard let change, ByteKey.areEqual(change.path, entry.path) else {
                let other = change?.path ?? "another file"
                return DoctorCheck(
                    "settings.overridden",
                    .failed,
                    "\(other) counts more than \(entry.path), and does not name the proxy",
                    remedy: again
                )
            }
            guard !change.isChange else {
                return DoctorCheck(
                    "settings.outdated",
                    .failed,
                    "\(entry.path) does not fit your settings any more: channels were added or changed since",
                    remedy: again,
                    notes: change.difference
                )
            }
            let text = "\(entry.path) leads to \(entry.proxy), and enabling it again would change nothing"
            return DoctorCheck(name, .ok, text, notes: change.remarks)
        } catch {
            return DoctorCheck(name, failedBy: error)
        }
    }

    /// Copies from before that the list does not know, and those that it knows and that are gone.
    private func copies(_ files: ClientSettingsFiles, _ entries: [EnabledClients.File]) -> [DoctorCheck] {
        func exists(_ path: String) -> Bool { ((try? contents(path)) ?? nil) != nil }
        let name = "settings.copy"
        let stray = files.changeable.map { $0 + EnabledClients.copyEnding }.filter { copy in
            !enabled.files.contains { $0.copy == copy } && exists(copy)
        }
        let lost = entries.compactMap(\.copy).filter { !exists($0) }
        return stray.map { copy in
            let remedy = "compare it with the file beside it, and move it away: `enable` stops at it"
            return DoctorCheck(name, .warning, "\(copy) is a copy that nothing knows of", remedy: remedy)
        }
            + lost.map { copy in
                let text = "\(copy) is gone; `kingsnake disable` gives the file back all the same"
                return DoctorCheck(name, .warning, text)
            }
    }

    /// Settings of a project of pixi's, which count more than the user's.
    private func projectChecks() throws -> [DoctorCheck] {
        var folder = project
        while true {
            let path = "\(folder == "/" ? "" : folder)/.pixi/config.toml"
            let isOurs = enabled.files.contains { ByteKey.areEqual($0.path, path) }
            if !isOurs, let bytes = try contents(path) {
                let file = try PixiSettingsFile(bytes, path)
                guard !file.mirrored.isEmpty || file.hasProxies else { return [] }
                return [
                    DoctorCheck(
                        "settings.overridden",
                        .failed,
                        "\(path) counts more, and has mirrors or proxies of its own",
                        remedy: "take `[mirrors]` and `[proxy-config]` out of it"
                    )
                ]
            }
            guard let end = folder.lastIndex(of: "/"), folder != "/" else { return [] }
            folder = end == folder.startIndex ? "/" : String(folder[..<end])
        }
    }
}
