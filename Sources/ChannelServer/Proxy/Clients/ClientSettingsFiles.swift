// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// Where a client reads its settings from, by an environment. Folders of settings (`condarc.d`) are not among them, nor are
/// the files of conda's own installation unless an environment is active: what they say about channels is not known then, and
/// is refused by the proxy if it is `https:`.
public struct ClientSettingsFiles: Sendable {
    /// All files, whether they exist or not, the ones that count least first.
    public let read: [String]
    /// Those among them that are a user's own.
    public let changeable: [String]
    /// The one that is made where the user has none.
    public let usual: String

    /// - Parameters:
    ///   - client: one that has settings files; another one has none.
    ///   - environment: variables; without `HOME` there is nothing but the system's files.
    public init?(of client: ProxiedClient, environment: [String: String]) {
        let home = Self.folder(environment["HOME"]) ?? ""
        let xdg = Self.folder(environment["XDG_CONFIG_HOME"])
        switch client {
        case .conda: self.init(conda: environment, home, xdg)
        case .mamba, .micromamba:
            guard let conda = ClientSettingsFiles(of: .conda, environment: environment) else { return nil }
            let folders = [xdg.map { $0 + "/mamba" }, "\(home)/.config/mamba", "\(home)/.mamba"].compactMap(
                \.self
            )
            let files = folders.flatMap { ["\($0)/.mambarc", "\($0)/mambarc"] } + ["\(home)/.mambarc"]
            let own = Self.once(files + [Self.folder(environment["MAMBARC"])].compactMap(\.self))
            let root = Self.folder(environment["MAMBA_ROOT_PREFIX"]).map { root in
                [".condarc", "condarc", ".mambarc"].map { "\(root)/\($0)" }
            }
            self.init(
                read: Self.once((root ?? []) + conda.read + own),
                changeable: own,
                usual: own[own.count - 1]
            )
        case .pixi:
            if let file = Self.folder(environment["PIXI_CONFIG_FILE"]) {
                self.init(read: [file], changeable: [file], usual: file)
                return
            }
            let last = (Self.folder(environment["PIXI_HOME"]) ?? "\(home)/.pixi") + "/config.toml"
            let own = [(xdg ?? "\(home)/.config") + "/pixi/config.toml", last]
            self.init(read: ["/etc/pixi/config.toml"] + own, changeable: own, usual: last)
        case .rattlerBuild:
            let config = xdg ?? "\(home)/.config"
            let own = ["\(config)/rattler", "\(config)/rattler-build", "\(home)/.rattler-build"]
            let files = own.map { $0 + "/config.toml" }
            let system = ["/etc/rattler/config.toml", "/etc/rattler-build/config.toml"]
            self.init(read: system + files, changeable: files, usual: files[0])
        case .other: return nil
        }
    }

    private init(read: [String], changeable: [String], usual: String) {
        self.read = read
        self.changeable = changeable
        self.usual = usual
    }

    private init(conda environment: [String: String], _ home: String, _ xdg: String?) {
        let names = [".condarc", "condarc"]
        func files(_ folder: String) -> [String] { names.map { "\(folder)/\($0)" } }
        let folders = [xdg.map { $0 + "/conda" }, "\(home)/.config/conda", "\(home)/.conda"].compactMap(
            \.self
        )
        let given = [Self.folder(environment["CONDARC"])].compactMap(\.self)
        let own = Self.once(folders.flatMap(files) + ["\(home)/.condarc"])
        let prefix = Self.folder(environment["CONDA_PREFIX"]).map(files) ?? []
        let system = ["/etc/conda", "/var/lib/conda"].flatMap(files)
        self.init(
            read: Self.once(system + own + prefix + given),
            changeable: Self.once(own + given),
            usual: given.last ?? "\(home)/.condarc"
        )
    }

    private static func folder(_ value: String?) -> String? { value.flatMap { $0.isEmpty ? nil : $0 } }

    private static func once(_ paths: [String]) -> [String] {
        var seen: Set<String> = []
        return paths.filter { seen.insert($0).inserted }
    }
}
