// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
public import TrustCore

/// Whether a verifying proxy runs at an address, and refuses what it must when it is asked directly, without any client.
///
/// What a program says that merely looks like a Kingsnake proxy is believed: whoever can listen on the proxy's port of this
/// machine is not found out by it, only by what it passes on.
public struct ProxyCheckup: Sendable {
    let proxy: ClientProxy
    let caller: any ServiceCaller

    /// - Parameters:
    ///   - proxy: the address.
    ///   - caller: sends requests to it.
    public init(_ proxy: ClientProxy, _ caller: any ServiceCaller) {
        self.proxy = proxy
        self.caller = caller
    }

    private static let name = "proxy.running"

    /// Looks for the proxy, and has it begin a trial.
    ///
    /// - Parameter version: this program's.
    public func begin(_ id: TrialID, version: String) async -> DoctorCheck {
        do {
            let health = try await ask("/_kingsnake/health")
            let via = health.headers.filter { $0.name.lowercased() == "via" }.map(\.value)
            guard health.status == 200, health.body.elementsEqual("alive\n".utf8),
                via.contains(where: { $0.contains(" kingsnake-") })
            else {
                return DoctorCheck(
                    Self.name,
                    .failed,
                    "what answers at \(proxy.address) is no Kingsnake proxy",
                    remedy: "stop it, and start `kingsnake proxy` there"
                )
            }
        } catch {
            return DoctorCheck(
                Self.name,
                .failed,
                "nothing answers at \(proxy.address)",
                remedy: "start it with `kingsnake proxy --any-channel"
                    + (proxy == .usual ? "`" : " --listen \(proxy.address.dropFirst("http://".count))`")
            )
        }
        do {
            let report = try await report(of: id)
            let text = "\(proxy.address) is a Kingsnake proxy, version \(report.version)"
            guard report.version == version else {
                let remedy = "start it again, so that it is the one that is installed"
                return DoctorCheck(Self.name, .warning, "\(text); this is \(version)", remedy: remedy)
            }
            return DoctorCheck(Self.name, .ok, text)
        } catch {
            return DoctorCheck(Self.name, failedBy: error)
        }
    }

    /// What the proxy saw of a trial.
    public func report(of id: TrialID) async throws -> TrialReport {
        let answer = try await ask("/_kingsnake/doctor/\(id.text)", [(ProxyTrials.field, "1")])
        let text = String(decoding: answer.body, as: UTF8.self)
        guard answer.status == 200 else {
            if text.contains("code: \(ProxyCode.doctorOff.rawValue)\n") {
                throw Refusal(ProxyCode.doctorOff, proxy.address)
            }
            throw Failure(
                .configuration,
                "the proxy cannot be tried: it answered \(answer.status)",
                at: proxy.address,
                remedy: "start the proxy of this version"
            )
        }
        return try TrialReport(parsing: answer.body)
    }

    /// Asks for every case as a client would, by the proxy's paths.
    public func trials(_ id: TrialID) async -> [DoctorCheck] {
        var checks: [DoctorCheck] = []
        for trialCase in TrialCase.allCases {
            do {
                let reception = try await reception(of: trialCase, id)
                let seen = try await report(of: id)[trialCase]
                var verdict = TrialVerdict(trialCase: trialCase, reception: reception, seen: seen)
                verdict.verb = "passed on"
                checks.append(verdict.check(of: "asking directly"))
            } catch {
                checks.append(DoctorCheck("trial.\(trialCase.rawValue)", failedBy: error))
            }
        }
        return checks
    }

    /// What a client would have after asking: the package, if it is the one that the index lists.
    private func reception(of trialCase: TrialCase, _ id: TrialID) async throws -> TrialVerdict.Reception {
        let channel = "/c/https/\(id.host)/\(trialCase.rawValue)/noarch/"
        let index = try await ask(channel + "repodata.json")
        let package = try await ask(channel + TrialPackage.fileName)
        guard package.status == 200 else {
            let text = String(decoding: package.body, as: UTF8.self)
            return .init(status: 1, isInstalled: false, said: Self.lastLines(of: text))
        }
        let listed =
            index.status == 200
            ? try? RepodataIndex(index.body, subdir: Subdir("noarch")).record(
                fileName: TrialPackage.fileName
            ) : nil
        // Whatever was passed on although it must not be counts as installed, listed or not.
        let isRight = listed?.sha256 == Digest.of(package.body)
        return .init(status: isRight ? 0 : 1, isInstalled: trialCase.expected != nil || isRight)
    }

    private func ask(_ path: String, _ fields: [(String, String)] = []) async throws -> ServiceResponse {
        try await caller.send(
            ServiceRequest(.get, proxy.address + path, headers: fields.map { ($0.0, $0.1) })
        )
    }

    /// The last lines of what somebody said, to be shown.
    static func lastLines(of text: String, count: Int = 3) -> [String] {
        let lines = text.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
        return lines.suffix(count).map { ForeignText.readable(String($0), maximumLength: 200) }
    }
}
