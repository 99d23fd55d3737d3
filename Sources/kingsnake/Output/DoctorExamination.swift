// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ChannelServer
import Transport
import TrustCore

/// The order of `kingsnake doctor`: settings, then the proxies that they name, then the clients; each result is shown as soon as it
/// is there.
struct DoctorExamination {
    let clients: [ProxiedClient]
    /// Whether the user named the client, so that it must be tried.
    let isChosen: Bool
    let clientPath: String?
    /// The proxy that the user named.
    let given: ClientProxy?
    let settings: SettingsCheckup
    let environment: [String: String]
    /// Where clients make environments, which is removed at the end.
    let folder: String
    let caller: HTTPServiceCaller
    let console: Console

    func run() async throws -> DoctorReport {
        var report = DoctorReport(console)
        var proxies: [String: ClientProxy] = [:]
        for client in clients {
            let proxy = try given ?? settings.entries(of: client).first.map { try ClientProxy($0.proxy) }
            proxies[client.rawValue] = proxy
            report.begin("settings of \(client.rawValue)")
            report.add(settings.checks(of: client))
            guard let proxy else { continue }
            let hosts = settings.hosts(of: client)
            report.add(
                EnvironmentCheckup(environment, of: client, to: proxy.address, hosts: hosts).checks
            )
        }
        var running: Set<String> = []
        for proxy in ([given] + clients.map { proxies[$0.rawValue] }).compactMap(\.self)
        where !report.has("proxy \(proxy.address)") {
            report.begin("proxy \(proxy.address)")
            if await isRunning(proxy, &report) { running.insert(proxy.address) }
        }
        var tried = 0
        for client in clients {
            guard let proxy = proxies[client.rawValue] else { continue }
            report.begin(client.rawValue)
            guard running.contains(proxy.address) else {
                report.add([Self.skipped("not tried, since the proxy cannot be")])
                continue
            }
            if try await attempt(client, proxy, &report) { tried += 1 }
        }
        let isTriable = clients.contains { $0 != .pixi }
        if isTriable, tried == 0, report.isGood {
            report.begin("clients")
            let text = "no client was tried, so nothing is proved"
            report.add([DoctorCheck("trial", .failed, text, remedy: "name one with `--client-path`")])
        }
        return report
    }

    private func isRunning(_ proxy: ClientProxy, _ report: inout DoctorReport) async -> Bool {
        let checkup = ProxyCheckup(proxy, caller)
        let id = TrialID(SystemRandom.bytes)
        let check = await checkup.begin(id, version: Kingsnake.version)
        report.add([check])
        guard check.outcome != .failed else { return false }
        let trials = await checkup.trials(id)
        report.add(trials)
        return true
    }

    /// Tries a client, if it can be; answers whether it was.
    private func attempt(_ client: ProxiedClient, _ proxy: ClientProxy, _ report: inout DoctorReport)
        async throws -> Bool
    {
        guard client != .pixi else {
            let text = "not tried: only its settings and the proxy were looked at"
            report.add([DoctorCheck("trial", .warning, text)])
            return false
        }
        guard let program = clientPath ?? ClientOptions.program(of: client, in: environment) else {
            let text = "\(client.rawValue) was not found, and so not tried"
            let remedy = "name its program with `--client \(client.rawValue) --client-path FILE`"
            report.add([
                isChosen
                    ? DoctorCheck("trial", .failed, text, remedy: remedy) : Self.skipped(text, remedy)
            ])
            return false
        }
        console.remark("trying \(program), which makes an environment for each of five channels …")
        let checkup = ProxyCheckup(proxy, caller)
        let id = TrialID(SystemRandom.bytes)
        let begun = await checkup.begin(id, version: Kingsnake.version)
        guard begun.outcome != .failed else {
            report.add([begun])
            return false
        }
        let trial = ClientTrial(
            of: client,
            program: program,
            environment: environment,
            folder: "\(folder)/\(client.rawValue)",
            proxy: checkup
        )
        report.add(await trial.checks(id))
        return true
    }

    private static func skipped(_ text: String, _ remedy: String? = nil) -> DoctorCheck {
        DoctorCheck("trial", .skipped, text, remedy: remedy)
    }
}
