/** Every word the page shows, in both languages. The 13 nodes carry the names of the event standard's lifecycle. */
const WORDS = {
  en: {
    search: 'Order number', live: 'live', lost: 'connection lost, trying again', language: '中文', signIn: 'Sign in',
    name: 'Name', password: 'Password', demo: 'Demo: you are signed in as “demo” because you are on this machine.',
    network: 'Network', funnel: 'Orders at each node', orders: 'Orders', devices: 'Devices', order: 'Order', node: 'Node',
    changed: 'Changed', device: 'Device', state: 'State', last: 'Last event', values: 'Newest values', site: 'Site',
    total: 'orders known', accepted: 'events accepted', letters: 'dead letters', silent: 'devices silent', data: 'newest data',
    none: 'Nothing here yet.', readings: 'Temperature along the way', raw: 'Raw events', notes: 'Exceptions and notes',
    at: 'at', by: 'by', with: 'with', expected: 'expected', notFound: 'This order is not known.', noReadings: 'No temperature was recorded for this order.',
    empty: 'No device has sent anything yet. Enrol an agent:', ago: 'ago', back: 'Network', limit: 'limit', gap: 'not measured',
    states: { ready: 'ready', unknown: 'unknown', lost: 'lost', sleeping: 'sleeping', alert: 'alert', disconnected: 'disconnected', init: 'starting' },
    nodes: { placed: 'Placed', paid: 'Paid', allocated: 'Allocated', picked: 'Picked', packed: 'Packed', staged: 'Staged', loaded: 'Loaded', departed: 'Departed', in_transit: 'In transit', arrived: 'Arrived', unloaded: 'Unloaded', accepted: 'Accepted', put_away: 'Put away' },
  },
  zh: {
    search: '订单号', live: '实时', lost: '连接中断，正在重试', language: 'English', signIn: '登录',
    name: '用户名', password: '密码', demo: '演示模式：您在本机访问，已自动以“demo”身份登录。',
    network: '网络', funnel: '各节点的订单数', orders: '订单', devices: '设备', order: '订单', node: '节点',
    changed: '更新时间', device: '设备', state: '状态', last: '最近事件', values: '最新数值', site: '站点',
    total: '已知订单', accepted: '已接收事件', letters: '死信', silent: '静默设备', data: '最新数据',
    none: '暂无数据。', readings: '全程温度', raw: '原始事件', notes: '异常与备注',
    at: '地点', by: '操作员', with: '设备', expected: '预计', notFound: '没有这个订单。', noReadings: '该订单没有温度记录。',
    empty: '还没有设备发送数据。先登记一个代理：', ago: '前', back: '网络', limit: '限值', gap: '未测得',
    states: { ready: '正常', unknown: '未知', lost: '失联', sleeping: '休眠', alert: '告警', disconnected: '断开', init: '启动中' },
    nodes: { placed: '下单', paid: '付款', allocated: '分配', picked: '拣货', packed: '包装', staged: '备货', loaded: '装车', departed: '发车', in_transit: '在途', arrived: '到达', unloaded: '卸货', accepted: '验收', put_away: '上架' },
  },
}

let language = localStorage.getItem('language') ?? (navigator.language.startsWith('zh') ? 'zh' : 'en')

export function words() {
  return WORDS[language]
}

export function switchLanguage() {
  language = language === 'en' ? 'zh' : 'en'
  localStorage.setItem('language', language)
  document.documentElement.lang = language
}

document.documentElement.lang = language
