(function(){
'use strict';
var root=document.documentElement,button=document.getElementById('theme'),dark=window.matchMedia('(prefers-color-scheme: dark)');
function store(v){try{if(v===undefined){return localStorage.getItem('lightcone-theme');}localStorage.setItem('lightcone-theme',v);}catch(e){}return null;}
function isDark(){var t=root.getAttribute('data-theme');return t?t==='dark':dark.matches;}
function name(){button.textContent=isDark()?'Light':'Dark';button.setAttribute('aria-label','Show the page in '+(isDark()?'light':'dark')+' colours');}
var saved=store();if(saved==='dark'||saved==='light'){root.setAttribute('data-theme',saved);}
if(button){button.hidden=false;name();button.addEventListener('click',function(){var t=isDark()?'light':'dark';root.setAttribute('data-theme',t);store(t);name();});}
window.addEventListener('beforeprint',function(){document.querySelectorAll('details').forEach(function(d){d.open=true;});});
function parse(text){
 var rows=[],row=[],f='',q=false,i=0;
 while(text.charAt(i)==='#'){i=text.indexOf('\n',i)+1;if(i===0){return rows;}}
 for(;i<text.length;i++){var c=text.charAt(i);
  if(q){if(c==='"'){if(text.charAt(i+1)==='"'){f+='"';i++;}else{q=false;}}else{f+=c;}}
  else if(c==='"'){q=true;}else if(c===','){row.push(f);f='';}else if(c==='\n'){row.push(f);rows.push(row);row=[];f='';}else{f+=c;}}
 return rows;}
function decode(href){var b=atob(href.slice(href.indexOf(',')+1)),a=new Uint8Array(b.length);for(var i=0;i<b.length;i++){a[i]=b.charCodeAt(i);}return new TextDecoder('utf-8').decode(a);}
function axis(text){var p=text.split(' '),a=+p[0],b=+p[1],lo=+p[2],hi=+p[3],log=p[4]==='log';
 return function(v){var t=log?Math.log(v/lo)/Math.log(hi/lo):(v-lo)/(hi-lo);return a+t*(b-a);};}
function short(v){var x=+v;if(v===''||!isFinite(x)){return v;}var a=Math.abs(x);
 if(a!==0&&(a<1e-3||a>=1e6)){return x.toExponential(2).replace('e+','e').replace('-','\u2212');}
 return String(+x.toPrecision(4)).replace('-','\u2212');}
document.querySelectorAll('figure').forEach(function(fig){
 var svg=fig.querySelector('svg'),csv=fig.querySelector('a.csv'),out=fig.querySelector('.read'),save=fig.querySelector('a.svg');
 var points=null,at=-1,ring=null;
 if(save){save.hidden=false;save.addEventListener('click',function(){clear();
  var copy=svg.cloneNode(true);save.href='data:image/svg+xml;charset=utf-8,'+encodeURIComponent('<?xml version="1.0" encoding="UTF-8"?>\n'+new XMLSerializer().serializeToString(copy));});}
 function load(){
  if(points){return;}points=[];
  if(!csv||!svg.getAttribute('data-x')){return;}
  var rows=parse(decode(csv.href)),head=rows.shift()||[],fx=axis(svg.getAttribute('data-x')),fy=axis(svg.getAttribute('data-y'));
  var cols=svg.getAttribute('data-cols').split(' '),xs=cols[0].split('+').map(Number),yc=+cols[1];
  var bx=svg.getAttribute('data-x').split(' '),by=svg.getAttribute('data-y').split(' ');
  rows.forEach(function(r){
   if(xs.some(function(c){return r[c]===''||r[c]===undefined;})||r[yc]===''||r[yc]===undefined){return;}
   var x=fx(xs.reduce(function(s,c){return s+ +r[c];},0)/xs.length),y=fy(+r[yc]);
   if(!isFinite(x)||!isFinite(y)||x<+bx[0]-1||x>+bx[1]+1||y>+by[0]+1||y<+by[1]-1){return;}
   points.push({x:x,y:y,text:describe(head,r),s:r[0]});});}
 function describe(head,r){var parts=[r[0]];
  for(var i=1;i<head.length;i++){
   if(r[i]===''||/^(lower|upper)_/.test(head[i])){continue;}
   var t=head[i].replace(/_/g,' ')+' '+short(r[i]);
   if(/^lower_/.test(head[i+1]||'')&&(r[i+1]||r[i+2])){t+=' ['+(short(r[i+1])||'\u2013')+', '+(short(r[i+2])||'\u2013')+']';}
   parts.push(t);}
  return parts.join(' \u00b7 ');}
 function clear(){if(ring){ring.remove();ring=null;}out.textContent='';at=-1;}
 function show(i){
  at=i;var p=points[i];
  if(!ring){ring=document.createElementNS('http://www.w3.org/2000/svg','circle');ring.setAttribute('class','cur s-ink');ring.setAttribute('r','6');ring.setAttribute('fill','none');ring.setAttribute('stroke','#1b1d21');ring.setAttribute('stroke-width','1.6');svg.appendChild(ring);}
  ring.setAttribute('cx',p.x);ring.setAttribute('cy',p.y);out.textContent=p.text;}
 svg.addEventListener('pointermove',function(e){
  load();if(!points.length){return;}
  var m=svg.getScreenCTM();if(!m){return;}
  var x=(e.clientX-m.e)/m.a,y=(e.clientY-m.f)/m.d,best=-1,d=900;
  for(var i=0;i<points.length;i++){var u=points[i].x-x,v=points[i].y-y,w=u*u+v*v;if(w<d){d=w;best=i;}}
  if(best>=0){show(best);}else{clear();}});
 svg.addEventListener('pointerleave',clear);
 fig.addEventListener('keydown',function(e){
  if(e.target!==fig){return;}
  var k=e.key,step=k==='ArrowRight'?1:k==='ArrowLeft'?-1:0;
  if(k==='Escape'){clear();return;}
  if(!step&&k!=='Home'&&k!=='End'){return;}
  load();if(!points.length){return;}
  e.preventDefault();
  show(k==='Home'?0:k==='End'?points.length-1:at<0?(step>0?0:points.length-1):Math.min(points.length-1,Math.max(0,at+step)));});
});
})();
